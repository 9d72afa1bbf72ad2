// Pages work without this file.

const showPasswordButtons = () => {
  for (const button of document.querySelectorAll("[data-reveal]")) {
    const input = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!isShown));
    });
    // Browsers must not remember it as text.
    input.form.addEventListener("submit", () => { input.type = "password"; });
  }
};

const copyButtons = () => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    const label = button.querySelector("span");
    button.hidden = false;
    label.ariaLive = "polite";
    button.addEventListener("click", async () => {
      const { copy, text } = button.dataset;
      const input = document.getElementById(copy);
      input?.select();
      await navigator.clipboard.writeText(text ?? input.value);
      label.textContent = "Copied";
    });
  }
};

const dismissButtons = () => {
  for (const button of document.querySelectorAll("[data-dismiss]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.closest(".toast").remove();
      document.getElementById("main").focus();
    });
  }
};

// A disabled button would not send its value.
const sendOnce = (event) => {
  const form = event.target;
  // An export can be repeated.
  if (form.method !== "post" || "again" in form.dataset) return;
  if (form.ariaBusy === "true") event.preventDefault();
  form.ariaBusy = "true";
};

// Also after "Back".
const makeReady = () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.ariaBusy = null;
  for (const popover of document.querySelectorAll(":popover-open")) popover.hidePopover();
};

const clearNotSet = ({ target }) => {
  if (!/^(\d+-)?value$/.test(target.name)) return;
  const unset = target.form?.elements.namedItem(target.name.replace("value", "unset"));
  if (unset) unset.checked = false;
};

// As the Enter key does in a field of one line.
const sendFromText = ({ key, ctrlKey, metaKey, target }) => {
  if (key !== "Enter" || !(ctrlKey || metaKey) || !target.matches("textarea") || !target.form) return;
  target.form.requestSubmit([...target.form.elements].find(({ type }) => type === "submit"));
};

// Boxes stay checked on other pages of the list, as long as one stays with users and has not changed them.
const countSelected = () => {
  const bar = document.querySelector("[data-selection]");
  if (document.querySelector("[data-changed]")) sessionStorage.removeItem("selected");
  if (!bar) return;
  const form = document.getElementById("ticked");
  const filters = document.querySelector("form.filters");
  const boxes = [...form.querySelectorAll("[name=users]")];
  const [button, clear, status] = ["select-page", "select-none", "selected"]
    .map((name) => bar.querySelector(`[data-${name}]`));
  const [others, allWhoMatch] = ["others", "scope"].map((name) => form.elements.namedItem(name));
  const isNear = document.referrer && new URL(document.referrer).pathname.startsWith(location.pathname);
  const before = isNear ? sessionStorage.getItem("selected") ?? "" : "";
  const elsewhere = new Set(`${others.value},${before}`.split(",").filter(Boolean));
  for (const box of boxes) if (elsewhere.delete(box.value)) box.checked = true;
  filters.method = "get";
  for (const field of filters.querySelectorAll("[type=hidden]")) field.remove();
  const update = () => {
    const here = boxes.filter((box) => box.checked).map((box) => box.value);
    const count = here.length + elsewhere.size;
    others.value = bar.dataset.selection = [...elsewhere].join();
    sessionStorage.setItem("selected", [...elsewhere, ...here].join());
    const more = elsewhere.size ? `, ${elsewhere.size} not on this page` : "";
    status.textContent = allWhoMatch?.checked ? "" : `${count || "None"} selected${more}`;
    if (button) button.textContent = here.length === boxes.length ? "Clear this page" : "Select all on this page";
    clear.hidden = !elsewhere.size;
  };
  button?.addEventListener("click", () => {
    const isSelecting = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = isSelecting;
    update();
  });
  clear.addEventListener("click", () => {
    elsewhere.clear();
    for (const box of boxes) box.checked = false;
    update();
  });
  form.addEventListener("input", update);
  window.addEventListener("pageshow", update);
};

// A key by itself, outside of text.
const isSingleKey = (event, key) => event.key === key && !event.ctrlKey && !event.metaKey && !event.altKey
  && !event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");

// The search in the top bar.
const finder = () => {
  const input = document.getElementById("finder");
  if (!input) return;
  const panel = input.form.querySelector(".finder-panel");
  const [list, status] = panel.querySelectorAll("[role]");
  let [options, position, timer, request] = [[], -1];
  const choose = (index) => {
    options[position]?.setAttribute("aria-selected", "false");
    position = index;
    const option = options[position];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option?.id ?? "");
  };
  const close = () => {
    clearTimeout(timer);
    request?.abort();
    choose(-1);
    panel.hidden = true;
    input.ariaExpanded = "false";
  };
  const search = async () => {
    request?.abort();
    const q = input.value.trim();
    if (!q) return close();
    const { signal } = request = new AbortController();
    try {
      const query = new URLSearchParams({ q, part: "results" });
      const response = await fetch(`${input.form.action}?${query}`, { signal });
      if (!response.ok || response.redirected) return close();
      const html = await response.text();
      choose(-1);
      list.innerHTML = html;
    } catch {
      return signal.aborted || close();
    }
    options = [...list.querySelectorAll("[role=option]")];
    const count = options.length;
    list.hidden = !count;
    panel.hidden = false;
    input.ariaExpanded = String(count > 0);
    // The row that leads to all results is none of them.
    const shown = options.filter((option) => !("all" in option.dataset)).length;
    status.textContent = count ? `${shown} shown` : "Nothing found";
  };
  const keys = {
    ArrowDown: () => panel.hidden ? search() : choose((position + 1) % options.length),
    ArrowUp: () => choose((position > 0 ? position : options.length) - 1),
    Enter: () => options[position].click(),
    Escape: close,
  };
  const isIdle = { Enter: () => position < 0, Escape: () => panel.hidden };
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-controls", list.id);
  [input.ariaAutoComplete, input.ariaExpanded] = ["list", "false"];
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
  input.addEventListener("keydown", (event) => {
    // Enter may send the form.
    if (event.isComposing || !keys[event.key] || isIdle[event.key]?.()) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.form.addEventListener("focusout", (event) => {
    if (!input.form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("keydown", (event) => {
    const isControlK = event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    const isSlash = isSingleKey(event, "/") && document.querySelector("[data-keys]");
    if (!isControlK && !isSlash) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  window.addEventListener("pageshow", close);
};

// Asks before unsaved input is left, but not after Cancel.
const guardForms = () => {
  const main = document.querySelector(".shell main");
  if (!main) return;
  let isLeaving = false;
  const isEdited = ({ type, value, defaultValue, checked, defaultChecked, options, selectedIndex }) => {
    if (/^(checkbox|radio)$/.test(type)) return checked !== defaultChecked;
    if (options) return selectedIndex !== Math.max(0, [...options].findIndex((option) => option.defaultSelected));
    return defaultValue !== undefined && value !== defaultValue;
  };
  // It holds its input as default values.
  const isReturned = (field) => "unsaved" in main.dataset
    && field.matches("input:not([type=hidden]), select, textarea");
  const isUnsaved = (form) => form.method === "post" && form.ariaBusy !== "true"
    && !("again" in form.dataset) && !form.querySelector("[data-selection]")
    && [...form.elements].some((field) => isEdited(field) || isReturned(field));
  const ask = (event) => {
    if (isLeaving || ![...document.forms].some(isUnsaved)) return;
    event.preventDefault();
    makeReady();
  };
  const watch = () => window.addEventListener("beforeunload", ask);
  document.addEventListener("click", ({ target }) => {
    isLeaving = Boolean(target.closest("form .actions a, .save-bar a"));
  });
  document.addEventListener("input", watch, { once: true });
  if ("unsaved" in main.dataset) watch();
};

const keyboardHelp = () => {
  const link = document.querySelector("[data-keys]");
  if (!link || location.pathname === link.pathname) return;
  const show = async (event) => {
    event.preventDefault();
    if (document.querySelector("dialog")) return;
    const dialog = document.createElement("dialog");
    const close = document.createElement("button");
    document.body.append(dialog);
    try {
      const page = await (await fetch(link.href)).text();
      dialog.innerHTML = new DOMParser().parseFromString(page, "text/html").getElementById("keys").innerHTML;
    } catch {
      return location.assign(link.href);
    }
    close.className = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(close);
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "keys-title");
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  };
  link.addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    if (isSingleKey(event, "?")) show(event);
  });
};

// Two minutes ahead; another tab may extend the session.
const sessionEnd = () => {
  const main = document.querySelector("[data-ends]");
  if (!main) return;
  const [box, button] = [document.createElement("div"), document.createElement("button")];
  const tabs = new BroadcastChannel("session");
  let [end, timer] = [];
  const say = (text) => {
    box.innerHTML = `<div class="toast" role="status"><span>${text}</span></div>`;
  };
  const warn = () => {
    const minutes = Math.ceil((end - Date.now()) / 60000);
    if (minutes < 1) return say("Your session has ended. Save as usual: you sign in, and your input is still there.");
    say(`Your session ends in ${minutes} minute${minutes === 1 ? "" : "s"}.`);
    box.firstChild.append(button);
    timer = setTimeout(warn, end - Date.now());
  };
  const start = (seconds) => {
    clearTimeout(timer);
    box.replaceChildren();
    end = Date.now() + seconds * 1000;
    timer = setTimeout(warn, (seconds - Math.min(120, seconds / 2)) * 1000);
  };
  button.className = "button button-small";
  button.textContent = "Stay signed in";
  button.addEventListener("click", async () => {
    main.focus({ preventScroll: true });
    try {
      // Any page will do.
      const page = await (await fetch(main.querySelector(".footer > a").href)).text();
      const seconds = /data-ends="(\d+)"/.exec(page)[1];
      if (seconds * 1000 < end - Date.now() + 5000) throw seconds;
      tabs.postMessage(seconds);
      start(seconds);
    } catch {
      say("Your session cannot be extended. Save now.");
    }
  });
  box.className = "toasts";
  box.ariaLive = "polite";
  main.append(box);
  tabs.addEventListener("message", ({ data }) => start(data));
  tabs.postMessage(main.dataset.ends);
  start(main.dataset.ends);
};

guardForms();
keyboardHelp();
sessionEnd();
showPasswordButtons();
copyButtons();
dismissButtons();
document.addEventListener("input", clearNotSet);
countSelected();
finder();
document.addEventListener("keydown", sendFromText);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", makeReady);
