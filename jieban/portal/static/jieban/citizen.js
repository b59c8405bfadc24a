"use strict";
// Citizen pages: small comforts on top of pages that work without any script.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Place suggestions: arrows move, Enter or a tap picks, typing anew forgets the picked place.
  const address = document.getElementById("id_address");
  const place = document.getElementById("id_place");
  const list = document.getElementById("places");
  const closeList = () => {
    list.replaceChildren();
    address.setAttribute("aria-expanded", "false");
  };
  if (address && place && list) {
    address.addEventListener("input", () => { place.value = ""; });
    address.addEventListener("keydown", (event) => {
      const first = list.querySelector("button");
      if (event.isComposing || !first) return;
      if (event.key === "ArrowDown") { event.preventDefault(); first.focus(); }
      if (event.key === "Escape") closeList();
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (step) { event.preventDefault(); (event.target[step] || address).focus(); }
      if (event.key === "Escape") { closeList(); address.focus(); }
    });
    list.addEventListener("click", (event) => {
      const pick = event.target.closest("button");
      if (!pick) return;
      address.value = pick.dataset.name;
      place.value = pick.dataset.code;
      closeList();
      address.focus();
      address.dispatchEvent(new Event("change", { bubbles: true }));
    });
    document.body.addEventListener("htmx:afterSwap", (event) => {
      if (event.target === list) address.setAttribute("aria-expanded", String(Boolean(list.querySelector("button"))));
    });
    address.addEventListener("blur", () => setTimeout(() => {
      if (!list.contains(document.activeElement)) closeList();
    }, 200));
  }

  // Files go up as soon as they are chosen, and the field says so. A form sent meanwhile takes them along itself.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || field.type !== "file") return;
    const words = field.parentElement.querySelector("span");
    words.textContent = field.dataset.uploading;
  });

  // One tap, one filing.
  all("form").forEach((form) => form.addEventListener("submit", () => {
    const button = form.querySelector("[type=submit][data-busy]");
    if (!button) return;
    button.dataset.words = button.textContent;
    setTimeout(() => { button.disabled = true; button.textContent = button.dataset.busy; }, 0);
  }));
  window.addEventListener("pageshow", () => all("[data-busy][disabled]").forEach((button) => {
    button.disabled = false;
    if (button.dataset.words) button.textContent = button.dataset.words;
  }));

  // Copy and print are offered only where they can be done.
  all("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy).then(() => {
      button.querySelector("span").textContent = button.dataset.copied;
    }));
  });
  all("[data-print]").forEach((button) => { button.hidden = false; });

  // The four questions say what follows from the answers just given.
  all("form[data-rework]").forEach((form) => {
    const again = new Set(form.dataset.rework.split(" "));
    const note = form.querySelector("[data-follow]");
    const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value || "";
    const say = () => {
      const words = again.has(`${chosen("solved")}-${chosen("satisfied")}`) ? note.dataset.again : note.dataset.over;
      note.textContent = chosen("solved") ? words : "";
    };
    form.addEventListener("change", say);
    say();
  });

  // A guess that was asked for before the citizen said yes or no to it must not take the answer away when it comes.
  const guess = document.getElementById("guess");
  if (guess) {
    const said = () => [guess.querySelector("[name=category]")?.value, guess.querySelector("[name=guess]:checked")?.value];
    let before = [];
    guess.addEventListener("htmx:beforeSwap", () => { before = said(); });
    guess.addEventListener("htmx:afterSwap", () => {
      const [category, answer] = said();
      if (answer || !before[1] || category !== before[0]) return;
      guess.querySelector(`[name=guess][value=${before[1]}]`).checked = true;
    });
  }

  // A phone number is looked at when its field is left, not while it is typed; and not before the tap that left it is
  // over, since the sentence moves what lies below.
  all("[data-phone]").forEach((field) => field.addEventListener("blur", () => setTimeout(() => {
    const digits = field.value.replace(/[\s\-()（）+]/g, "");
    const wrong = digits !== "" && (!/^\d{5,15}$/.test(digits) || (/^1\d{10}$|^1[3-9]\d{7,}$/.test(digits) && !/^1[3-9]\d{9}$/.test(digits)));
    const note = document.getElementById(`${field.id}-soft`);
    if (note) note.hidden = !wrong;
    field.closest(".jb-fld").classList.toggle("jb-wrong", wrong);
  }, 300)));
})();
