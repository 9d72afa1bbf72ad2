// Without this file, JSON is indented by hand. The text is formatted, not what it means: JSON.parse
// and JSON.stringify would round long numbers and drop members of the same name.

const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;

const formatted = (text) => {
  let [result, depth, before] = ["", 0, ""];
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const token of text.match(TOKEN)) {
    if (/[}\]]/.test(token) && token.length === 1) {
      depth -= 1;
      if (!/^[{[]$/.test(before)) result += line();
    } else if (/^[{[,]$/.test(before)) result += line();
    result += token === ":" ? ": " : token;
    if (/^[{[]$/.test(token)) depth += 1;
    before = token;
  }
  return result;
};

for (const button of document.querySelectorAll("[data-format]")) {
  button.addEventListener("click", () => {
    const input = document.getElementById(button.dataset.format);
    const status = button.nextElementSibling;
    try {
      JSON.parse(input.value);
    } catch {
      status.textContent = "This is not valid JSON.";
      return;
    }
    input.value = formatted(input.value);
    status.textContent = "Formatted.";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
