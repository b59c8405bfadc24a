"use strict";
// Callback console: digits answer the question in hand, arrows move between questions, and the page says what follows.
(() => {
  const form = document.getElementById("answers");
  if (!form) return;
  const questions = [...form.querySelectorAll("[data-q]")];
  const answered = (question) => Boolean(question.querySelector("input[type=radio]:checked"));
  let now = 0;

  const draw = () => questions.forEach((question, i) => {
    question.classList.toggle("jb-now", i === now);
    question.classList.toggle("jb-done", i !== now && answered(question));
  });
  const go = (i) => {
    now = Math.max(0, Math.min(questions.length - 1, i));
    draw();
    questions[now].scrollIntoView({ block: "nearest" });
  };
  const next = () => {
    const open = questions.findIndex((question) => !answered(question));
    if (open >= 0) go(open); else draw();
  };

  const then = form.querySelector("[data-then]");
  const again = new Set(form.dataset.rework.split(" "));
  const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value || "";
  const tell = () => {
    const solved = chosen("solved");
    then.hidden = !solved;
    then.querySelectorAll("[data-when]").forEach((mark) => { mark.hidden = mark.dataset.when !== solved; });
    const rework = again.has(`${solved}-${chosen("satisfied")}`);
    then.querySelector("[data-then-rework]").hidden = !rework;
    then.querySelector("[data-then-close]").hidden = rework;
  };

  const writes = (node) => node.matches?.("textarea, select, input:not([type=radio]):not([type=checkbox])");
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return;
    const digit = /^(?:Digit|Numpad)([1-4])$/.exec(event.code);
    if (digit && (event.altKey || !writes(event.target))) {
      const choice = questions[now].querySelectorAll("input[type=radio]")[digit[1] - 1];
      if (!choice) return;
      event.preventDefault();
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (!event.altKey && !writes(event.target) && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      go(now + (event.key === "ArrowDown" ? 1 : -1));
    }
  }, true);
  form.addEventListener("change", (event) => {
    tell();
    const question = event.target.closest("[data-q]");
    if (event.target.type === "radio" && question) { now = questions.indexOf(question); next(); }
  });
  form.addEventListener("focusin", (event) => {
    const question = event.target.closest("[data-q]");
    if (question && event.target.matches(":focus-visible")) go(questions.indexOf(question));
  });

  // F8 and F9 open the panel for a call that got no answer; F9 has its reason chosen.
  const panel = document.getElementById("again");
  document.querySelectorAll("[data-panel]").forEach((button) => button.addEventListener("click", () => {
    const wanted = button.dataset.outcome;
    panel.hidden = !panel.hidden && !wanted;
    document.querySelectorAll("[data-panel]").forEach((b) => b.setAttribute("aria-expanded", String(!panel.hidden)));
    if (panel.hidden) return;
    const choice = panel.querySelector(wanted ? `[value=${wanted}]` : "[name=outcome]:checked, [name=outcome]");
    if (wanted) choice.checked = true;
    choice.focus();
  }));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { panel.hidden = true; document.querySelector("[data-panel]").focus(); }
  });

  // F1 opens the pane at the right where the screen is too narrow for three.
  document.querySelectorAll("[data-drawer]").forEach((button) => button.addEventListener("click", () => {
    const open = document.getElementById("aside").classList.toggle("jb-open");
    button.setAttribute("aria-expanded", String(open));
  }));

  next();
  tell();
  // A restored draft fills the fields after this script has run.
  addEventListener("load", () => { next(); tell(); });
})();
