"""The people of the demo and their roles; all invented, like Nordhafen Archives, their employer."""

import random
from unicodedata import combining, normalize

SEED = 2026
DOMAIN = "nordhafen.example"
ROLES = {
    "settings operator": (
        "Tunes the backend: sees and changes settings.",
        ["settings:read", "settings:update"],
    ),
    "helpdesk": (
        "Creates accounts and gives the roles for documents.",
        [
            *("user:create", "user:read", "user:update", "role:read", "role:assign"),
            *("document:create", "document:read", "document:update"),
        ],
    ),
}
# By their roles.
PEOPLE: dict[tuple[str, ...], list[str]] = {
    ("admin",): ["Ingrid Solberg", "Tunde Adeyemi"],
    ("settings operator", "user"): ["Noura Al-Masri", "Wiremu Parata", "Hanna Lindqvist"],
    ("helpdesk",): ["Lucía Fernández Ortiz", "Thabo Nkosi", "Siobhán Ní Bhriain"],
    ("user",): [
        *("Aiko Tanaka", "Mateus Oliveira", "Priya Raghunathan", "Jean-Baptiste Moreau"),
        *("Olena Kovalenko", "Kwame Mensah", "Sofía Restrepo", "Björn Þorsteinsson"),
        *("Nguyễn Thị Minh Hạnh", "Ahmed El-Sayed", "Zofia Wiśniewska", "Mehmet Yıldız"),
        *("Katarina Horvat", "Rajesh Iyer", "Leilani Kealoha", "Dimitra Papadopoulou"),
        *("Chukwuemeka Obi", "Marie-Claire Dubois", "Tomás Ó Súilleabháin", "Yael Rosenberg"),
    ],
    ("viewer",): [
        *("Li Wei", "Fatima Zahra Bennani", "Hendrik van der Berg", "Gulnara Akhmetova"),
        *("Paulo Sérgio dos Santos", "Emma Virtanen", "Rangi Te Whatu", "Samira Haddad"),
        *("Ivan Petrović", "Ji-woo Park", "Amara Diallo", "Lars Mikkelsen"),
        *("Valentina Rossi", "Abebe Bekele", "Anneliese Großmann", "Javier Quispe Mamani"),
        *("Mwende Kamau", "Bayarmaa Ganbold", "Rósa Jónsdóttir", "Oluwaseun Adebayo-Fashola"),
    ],
    ("user", "viewer"): ["Nikolai Sokolov", "Grace Achieng", "Mohammad Reza Karimi"],
    (): [
        *("Ananya Chatterjee", "Pedro Almeida", "Sione Tuipulotu", "Greta Müller"),
        *("Khadija Warsame", "Daniel Kim", "Jelena Vuković", "Omolara Bankole", "Stefan Ionescu"),
    ],
}
INACTIVE = {"Lars Mikkelsen", "Pedro Almeida", "Zofia Wiśniewska"}
WITHOUT_PASSWORD = {"Daniel Kim", "Greta Müller"}
BIOS = [
    "Looks after the harbour plans.\nReach me on the second floor, or by mail.",
    "Came from the city archive. Reads Low German and bad handwriting.",
    "Part of the scanning team, Tuesdays to Thursdays.",
]
PLAIN = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "ı": "i",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Þ": "th",
        "þ": "th",
        "'": None,
    }
)
# Given names and family names by origin, for everybody else.
NAMES: list[tuple[str, str]] = [
    (
        "Amina Idris Zainab Musa Halima Sani Ngozi Emeka Ifeoma Obinna",
        "Abubakar Bello Eze Okafor Okonkwo Lawal Nwosu Balogun Danjuma Uche",
    ),
    (
        "Wanjiru Kipchoge Njeri Otieno Akinyi Mutua Chebet Kamande Atieno Barasa",
        "Kariuki Ochieng Mwangi Rotich Njoroge Wafula Odhiambo Kiplagat Maina Omondi",
    ),
    (
        "Meron Dawit Selam Yonas Hirut Tesfaye Saba Biniam Rahel Kaleb",
        "Tadesse Haile Gebre Mengistu Assefa Worku Alemu Desta Girma Lemma",
    ),
    (
        "Nadia Youssef Salma Tarek Mona Karim Laila Hassan Dina Walid",
        "Mansour Farouk Nasser Shaheen Khalil Aziz Hamdan Saleh Darwish Qasim",
    ),
    (
        "Shirin Dariush Parisa Kaveh Niloufar Behrouz Leila Arash Mina Siavash",
        "Farrokhzad Tehrani Moradi Shirazi Rahimi Ebrahimi Jafari Kazemi Ahmadi Sharifi",
    ),
    (
        "Ayşe Emre Elif Cem Zeynep Deniz Selin Burak Defne Kerem",
        "Demir Kaya Şahin Öztürk Aydın Çelik Arslan Doğan Koç Güneş",
    ),
    (
        "Anjali Vikram Meera Arjun Kavita Sanjay Lakshmi Rohan Deepa Nikhil",
        "Sharma Patel Nair Reddy Banerjee Gupta Pillai Deshmukh Menon Kulkarni",
    ),
    (
        "Nusrat Tanvir Farhana Imran Sadia Bilal Ayesha Usman Rubina Kamran",
        "Rahman Hossain Chowdhury Qureshi Malik Siddiqui Sheikh Mirza Baloch Ansari",
    ),
    (
        "Mei Jun Xiaoling Haoran Yan Zihan Lan Ming Shu Tao",
        "Chen Wang Zhang Liu Zhao Huang Zhou Xu Sun Lin",
    ),
    (
        "Haruka Sora Yui Kenta Misaki Daichi Nanami Ren Akari Takumi",
        "Suzuki Watanabe Yamamoto Kobayashi Nakamura Saito Matsumoto Inoue Kimura Hayashi",
    ),
    (
        "Linh Quang Thảo Tuấn Hương Dũng Mai Khánh Ngọc Sơn",
        "Trần Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ Ngô Dương",
    ),
    (
        "Putri Budi Dewi Agus Siti Rizky Maria Jose Liza Ramon",
        "Wijaya Santoso Hidayat Kusuma Siregar Reyes Cruz Bautista Villanueva Mercado",
    ),
    (
        "Hine Tama Moana Nikau Sina Manaia Mele Tevita Ana Ioane",
        "Tawhiri Parata-Hill Walker Ngatai Leota Fonoti Vainikolo Taufa Faleolo Tuala",
    ),
    (
        "Camila Diego Valeria Mateo Isabel Andrés Lucila Emiliano Renata Joaquín",
        "Gutiérrez Rojas Castañeda Muñoz Peña Ibáñez Vargas Aguirre Cárdenas Zúñiga",
    ),
    (
        "Luana Thiago Beatriz Rafael Larissa Caio Inês Gonçalo Mariana Duarte",
        "Carvalho Barbosa Nogueira Araújo Figueiredo Teixeira Magalhães Simões Brandão Fonseca",
    ),
    (
        "Chiara Matteo Giulia Lorenzo Elena Davide Eirini Giorgos Katerina Nikos",
        "Esposito Colombo Ferrari Marchetti Greco Papadakis Nikolaidis Vasileiou Antoniou Economou",
    ),
    (
        "Élodie Mathieu Camille Théo Anaïs Lucas Wout Sanne Daan Lotte",
        "Lefèvre Girard Rousseau Mercier Fournier Janssens Peeters Visser Bakker Dekker",
    ),
    (
        "Agnieszka Piotr Jana Tomáš Zuzana Marek Eszter Gábor Ana-Maria Radu",
        "Kowalczyk Zieliński Nováková Dvořák Kováč Nagy Szabó Popescu Dumitru Marin",
    ),
    (
        "Oksana Taras Natalia Dmytro Irina Sergei Milica Nemanja Ivana Luka",
        "Shevchenko Bondarenko Lysenko Melnyk Morozova Orlov Jovanović Nikolić Babić Kralj",
    ),
    (
        "Astrid Jens Freja Mikkel Saara Eero Jón Guðrún Signe Oskar",
        "Andersen Nygård Johansson Korhonen Mäkinen Sigurðsson Hansen Bergström Dahl Lund",
    ),
]
MORE = [
    (("admin",), 1),
    (("settings operator", "user"), 4),
    (("helpdesk",), 5),
    (("user",), 92),
    (("viewer",), 68),
    (("user", "viewer"), 20),
    ((), 10),
]


def chance(seed: int) -> random.Random:
    """Return a source of numbers that are the same each time."""
    return random.Random(seed)


def everybody() -> dict[str, tuple[str, ...]]:
    """Return all user names, each with the roles of the person; always the same."""
    numbers = chance(SEED)
    names = [name for given, family in NAMES for name in _combined(given, family, numbers)]
    numbers.shuffle(names)
    held = [roles for roles, count in MORE for _ in range(count)]
    known = {name: roles for roles, members in PEOPLE.items() for name in members}
    return known | dict(zip(names, held, strict=True))


def username_of(name: str) -> str:
    """Return the user name for a full name: first and last name in plain letters."""
    words = _plain(name).lower().split()
    return f"{words[0]}.{words[-1]}" if len(words) > 1 else words[0]


def _plain(name: str) -> str:
    letters = normalize("NFD", name.translate(PLAIN))
    return "".join(letter for letter in letters if not combining(letter))


def _combined(given: str, family: str, numbers: random.Random) -> list[str]:
    families = family.split()
    numbers.shuffle(families)
    return [" ".join(pair) for pair in zip(given.split(), families, strict=True)]
