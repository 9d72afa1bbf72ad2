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
    // The browser must not remember a visible password as ordinary text.
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

// A second click must not send a form twice. The buttons are not disabled: the browser sends the name
// and value of the button that was pressed.
const sendOnce = (event) => {
  const form = event.target;
  // An export leaves its page open, and can be repeated.
  if (form.method !== "post" || "again" in form.dataset) return;
  if (form.ariaBusy === "true") event.preventDefault();
  form.ariaBusy = "true";
};

// Makes a page that comes back from the browser's cache usable again.
const makeReady = () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.ariaBusy = null;
  for (const popover of document.querySelectorAll(":popover-open")) popover.hidePopover();
};

// Entering or choosing a value clears "Not set".
const clearNotSet = ({ target }) => {
  if (!/^(\d+-)?value$/.test(target.name)) return;
  const unset = target.form?.elements.namedItem(target.name.replace("value", "unset"));
  if (unset) unset.checked = false;
};

// Counts the settings whose value differs from the stored one, in the bar that leads to the review.
const countChanges = () => {
  const bar = document.querySelector("[data-changes]");
  if (!bar) return;
  const form = document.getElementById(bar.dataset.changes);
  const normalized = (text) => (text ?? "").replace(/\r\n?/g, "\n");
  const isChanged = (data, prefix) => {
    const [isUnset, wasUnset] = [data.has(`${prefix}unset`), Boolean(data.get(`${prefix}base_unset`))];
    if (isUnset || wasUnset) return isUnset !== wasUnset;
    const [value, stored] = [data.get(`${prefix}value`), data.get(`${prefix}base`)];
    return value !== null && normalized(value) !== normalized(stored);
  };
  const update = () => {
    const data = new FormData(form);
    const prefixes = [...data.keys()].filter((name) => name.endsWith("-etag")).map((name) => name.slice(0, -4));
    const count = prefixes.filter((prefix) => isChanged(data, prefix)).length;
    bar.querySelector("[data-count]").textContent = `${count || "No"} unsaved change${count === 1 ? "" : "s"}`;
  };
  // At the document, where clearNotSet listens: it runs first.
  document.addEventListener("input", update);
  window.addEventListener("pageshow", update);
};

// Counts the selected users, and selects all users of the page with one button.
const countSelected = () => {
  const bar = document.querySelector("[data-selection]");
  if (!bar) return;
  const { form } = bar.querySelector("button");
  const boxes = [...form.querySelectorAll("[name=users]")];
  const [button, allWhoMatch] = [bar.querySelector("[data-select-page]"), form.elements.namedItem("scope")];
  const update = () => {
    const count = boxes.filter((box) => box.checked).length;
    bar.querySelector("[data-selected]").textContent = allWhoMatch.checked ? "" : `${count || "None"} selected`;
    button.textContent = count === boxes.length ? "Clear this page" : "Select all on this page";
  };
  button.addEventListener("click", () => {
    const isSelecting = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = isSelecting;
    update();
  });
  form.addEventListener("input", update);
  window.addEventListener("pageshow", update);
};

// Counts the changed boxes of the matrix, in the bar that leads to the review.
const countCells = () => {
  const bar = document.querySelector("[data-cells]");
  if (!bar) return;
  const form = document.getElementById(bar.dataset.cells);
  const changed = new Set();
  // The server marks the cells that it serves with an unsaved change.
  const isChanged = (box) => (box.checked !== box.defaultChecked) !== Boolean(box.closest(".added, .removed"));
  // There may be ten thousand boxes: after a click, only that one is looked at.
  const update = (boxes) => {
    for (const box of boxes) changed[isChanged(box) ? "add" : "delete"](box);
    const count = changed.size;
    bar.querySelector("[data-count]").textContent = `${count || "No"} unsaved change${count === 1 ? "" : "s"}`;
  };
  form.addEventListener("change", ({ target }) => update([target]));
  window.addEventListener("pageshow", () => update(form.querySelectorAll("td input")));
};

// A key by itself, outside of fields that take text.
const isSingleKey = (event, key) => event.key === key && !event.ctrlKey && !event.metaKey && !event.altKey
  && !event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");

// The search field in the top bar: "/" and Ctrl K focus it, and it shows results below it.
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
      // A newer search replaced this one, or the console cannot be reached.
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
    // Enter without a chosen result sends the form, which opens the page of results.
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

// The browser asks before it leaves a page with unsaved input. It does not ask after a form is sent,
// after Cancel, or when users of a list are selected and nothing else is changed.
const guardForms = () => {
  const main = document.querySelector(".shell main");
  if (!main) return;
  let isLeaving = false;
  const isEdited = ({ type, value, defaultValue, checked, defaultChecked, options, selectedIndex }) => {
    if (/^(checkbox|radio)$/.test(type)) return checked !== defaultChecked;
    if (options) return selectedIndex !== Math.max(0, [...options].findIndex((option) => option.defaultSelected));
    return defaultValue !== undefined && value !== defaultValue;
  };
  // A form that comes back unsaved holds its input as default values.
  const isReturned = (field) => "unsaved" in main.dataset
    && field.matches("input:not([type=hidden]), select, textarea");
  const isUnsaved = (form) => form.method === "post" && form.ariaBusy !== "true"
    && !form.querySelector("[data-selection]")
    && [...form.elements].some((field) => isEdited(field) || isReturned(field));
  const ask = (event) => {
    if (isLeaving || ![...document.forms].some(isUnsaved)) return;
    event.preventDefault();
    // A form that was being sent can be sent again if the person stays.
    makeReady();
  };
  const watch = () => window.addEventListener("beforeunload", ask);
  document.addEventListener("click", ({ target }) => {
    isLeaving = Boolean(target.closest("form .actions a, .save-bar a"));
  });
  document.addEventListener("input", watch, { once: true });
  if ("unsaved" in main.dataset) watch();
};

// "?" shows the keyboard shortcuts in a dialog, unless single keys are switched off.
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

guardForms();
keyboardHelp();
showPasswordButtons();
copyButtons();
dismissButtons();
document.addEventListener("input", clearNotSet);
countChanges();
countSelected();
countCells();
finder();
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", makeReady);
