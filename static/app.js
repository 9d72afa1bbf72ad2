// Enhancement only: every page works without this file.

const showPasswordButtons = () => {
  for (const button of document.querySelectorAll("[data-reveal]")) {
    const input = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!isShown));
    });
    // A password that is shown must not be kept by the browser as ordinary text.
    input.form.addEventListener("submit", () => { input.type = "password"; });
  }
};

const copyButtons = () => {
  // Browsers offer the clipboard on HTTPS and localhost only.
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

// A second click on the same button must not send the form twice. The name and value of the button
// that was pressed are sent, so the buttons are not disabled.
const sendOnce = (event) => {
  const form = event.target;
  // An export stays on its page, where it may be asked for again.
  if (form.method !== "post" || "again" in form.dataset) return;
  if (form.ariaBusy === "true") event.preventDefault();
  form.ariaBusy = "true";
};

// A page that the browser brings back from its memory is ready to be used again.
const wakeUp = () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.ariaBusy = null;
  for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
};

// Who types a value or chooses one does not mean "Not set" any more.
const untickNotSet = ({ target }) => {
  if (!/^(\d+-)?value$/.test(target.name)) return;
  const unset = target.form?.elements.namedItem(target.name.replace("value", "unset"));
  if (unset) unset.checked = false;
};

// How many settings hold something else than what is stored, in the bar that leads to the review.
const countChanges = () => {
  const bar = document.querySelector("[data-changes]");
  if (!bar) return;
  const form = document.getElementById(bar.dataset.changes);
  const lines = (text) => (text ?? "").replace(/\r\n?/g, "\n");
  const isChanged = (data, id) => {
    const [unset, wasUnset] = [data.has(`${id}unset`), Boolean(data.get(`${id}base_unset`))];
    if (unset || wasUnset) return unset !== wasUnset;
    return data.has(`${id}value`) && lines(data.get(`${id}value`)) !== lines(data.get(`${id}base`));
  };
  const say = () => {
    const data = new FormData(form);
    const ids = [...data.keys()].filter((name) => name.endsWith("-etag")).map((name) => name.slice(0, -4));
    const count = ids.filter((id) => isChanged(data, id)).length;
    bar.querySelector("[data-count]").textContent = `${count || "No"} unsaved change${count === 1 ? "" : "s"}`;
  };
  // After "Not set" was unticked, which is heard at the document too.
  document.addEventListener("input", say);
  window.addEventListener("pageshow", say);
};

// The number of selected users, and a button that selects the whole page.
const countSelected = () => {
  const bar = document.querySelector("[data-ticks]");
  if (!bar) return;
  const { form } = bar.querySelector("button");
  const boxes = [...form.querySelectorAll("[name=users]")];
  const [button, all] = [bar.querySelector("[data-tick-page]"), form.elements.namedItem("scope")];
  const say = () => {
    const count = boxes.filter((box) => box.checked).length;
    bar.querySelector("[data-ticked]").textContent = all.checked ? "" : `${count || "None"} selected`;
    button.textContent = count === boxes.length ? "Clear this page" : "Select all on this page";
  };
  button.addEventListener("click", () => {
    const isOn = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = isOn;
    say();
  });
  form.addEventListener("input", say);
  window.addEventListener("pageshow", say);
};

// How many boxes are not as they were at first, in the bar that leads to the review of the matrix.
const countCells = () => {
  const bar = document.querySelector("[data-cells]");
  if (!bar) return;
  const boxes = [...document.querySelectorAll(`#${bar.dataset.cells} td input`)];
  // A cell that the server has marked was served changed.
  const isChanged = (box) => (box.checked !== box.defaultChecked) !== Boolean(box.closest(".add, .del"));
  const say = () => {
    const count = boxes.filter(isChanged).length;
    bar.querySelector("[data-count]").textContent = `${count || "No"} unsaved change${count === 1 ? "" : "s"}`;
  };
  document.getElementById(bar.dataset.cells).addEventListener("change", say);
  window.addEventListener("pageshow", say);
};

// The field in the top bar: "/" and Ctrl K lead to it, and what it finds stands beneath it.
const finder = () => {
  const input = document.getElementById("finder");
  if (!input) return;
  const panel = input.form.querySelector(".pal");
  const [list, status] = panel.querySelectorAll("[role]");
  let [options, chosen, timer, request] = [[], -1];
  const choose = (index) => {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const option = options[chosen];
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
  const ask = async () => {
    request?.abort();
    const q = input.value.trim();
    if (!q) return close();
    const { signal } = request = new AbortController();
    try {
      const query = new URLSearchParams({ q, part: "results" });
      const answer = await fetch(`${input.form.action}?${query}`, { signal });
      if (!answer.ok || answer.redirected) return close();
      const found = await answer.text();
      choose(-1);
      list.innerHTML = found;
    } catch {
      // A newer question took its place, or there is no way to the console.
      return signal.aborted || close();
    }
    options = [...list.querySelectorAll("[role=option]")];
    const count = options.length;
    list.hidden = !count;
    panel.hidden = false;
    input.ariaExpanded = String(count > 0);
    status.textContent = count ? `${count} shown` : "Nothing found";
  };
  const keys = {
    ArrowDown: () => panel.hidden ? ask() : choose((chosen + 1) % options.length),
    ArrowUp: () => choose((chosen > 0 ? chosen : options.length) - 1),
    Enter: () => options[chosen].click(),
    Escape: close,
  };
  const isIdle = { Enter: () => chosen < 0, Escape: () => panel.hidden };
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-controls", list.id);
  [input.ariaAutoComplete, input.ariaExpanded] = ["list", "false"];
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    // Enter without a choice sends the form, which leads to the page of results.
    if (event.isComposing || !keys[event.key] || isIdle[event.key]?.()) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.form.addEventListener("focusout", (event) => {
    if (!input.form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const isAsked = hasModifier ? event.key === "k" && !event.altKey : event.key === "/" && !isTyped && document.querySelector("[data-keys]");
    if (!isAsked) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  window.addEventListener("pageshow", close);
};

// What was typed and not sent is lost with the page: the browser asks first. It does not ask whoever
// sends the form, presses Cancel, or has only ticked people of a list.
const guardForms = () => {
  const main = document.querySelector(".shell main");
  if (!main) return;
  let isOut = false;
  const isEdited = ({ type, value, defaultValue, checked, defaultChecked, options, selectedIndex }) => {
    if (/^(checkbox|radio)$/.test(type)) return checked !== defaultChecked;
    if (options) return selectedIndex !== Math.max(0, [...options].findIndex((one) => one.defaultSelected));
    return defaultValue !== undefined && value !== defaultValue;
  };
  // The answer to a form that was sent and not saved holds what was typed from the beginning.
  const isKept = (field) => "unsaved" in main.dataset && field.matches("input:not([type=hidden]), select, textarea");
  const isUnsaved = (form) => form.method === "post" && form.ariaBusy !== "true"
    && !form.querySelector("[data-ticks]") && [...form.elements].some((field) => isEdited(field) || isKept(field));
  const ask = (event) => {
    if (isOut || ![...document.forms].some(isUnsaved)) return;
    event.preventDefault();
    // Another form may have been on its way, and can be sent again by whoever stays.
    wakeUp();
  };
  const watch = () => window.addEventListener("beforeunload", ask);
  document.addEventListener("click", ({ target }) => { isOut = Boolean(target.closest("form .acts a, .savebar a")); });
  document.addEventListener("input", watch, { once: true });
  if ("unsaved" in main.dataset) watch();
};

// "?" shows the page of the keys without leaving this one, unless single keys are switched off.
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
    close.className = "btn";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(close);
    dialog.className = "dlg";
    dialog.setAttribute("aria-labelledby", "keys-title");
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  };
  link.addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
    if (event.key === "?" && !isTyped && !event.ctrlKey && !event.metaKey && !event.altKey) show(event);
  });
};

guardForms();
keyboardHelp();
showPasswordButtons();
copyButtons();
dismissButtons();
document.addEventListener("input", untickNotSet);
countChanges();
countSelected();
countCells();
finder();
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", wakeUp);
