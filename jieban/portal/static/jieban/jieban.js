/* The little that a page cannot do without a script: keys, drafts, selection, fresh clocks, the session's end. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const token = () => $('meta[name="jb-token"]')?.content || "";
  const say = (text) => { const live = $("#live"); if (live) live.textContent = text; };

  /* Requests of htmx carry the token; an answer with an error is shown too, so nothing fails in silence. */
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) event.detail.shouldSwap = true;
    if (event.detail.target.matches("[data-keep-focus]") && event.detail.target.contains(document.activeElement)
        && document.activeElement.matches("select, input:not([type=radio])")) event.detail.shouldSwap = false;
  });
  const offline = (gone) => { const bar = $("#offline"); if (bar) bar.hidden = !gone; };
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => offline(false));
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) offline(false); });

  /* Keys. A control names its key in data-key: "s", "/", "f2", "ctrl+enter", "alt+1". Plain letters rest while typing. */
  const typing = (node) => node.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const nameOf = (event) => (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey ? "alt+" : "") + event.key.toLowerCase();
  const visible = (node) => node.getClientRects().length > 0;
  const press = (node) => { if (node.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) node.focus(); else node.click(); };

  document.addEventListener("keydown", (event) => {
    const functionKey = /^F\d+$/.test(event.key);
    if ((event.isComposing || event.keyCode === 229) && !functionKey) return;
    const name = nameOf(event);
    const bare = !name.includes("+") && !functionKey && event.key !== "Escape";
    if (bare && typing(event.target)) return;
    if (event.key === "?" && !typing(event.target)) { event.preventDefault(); openKeys(); return; }
    const control = $$(`[data-key="${CSS.escape(name)}"]`).find((node) => visible(node) && !node.disabled);
    if (control) { event.preventDefault(); press(control); return; }
    if (bare) walk(event);
  });
  const openKeys = () => { const map = $("#keys"); if (map && !map.open) map.showModal(); };
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys]")) openKeys(); });

  /* Lists: J and K move, X selects, Enter opens. */
  const rows = () => $$("[data-row]").filter(visible);
  const current = () => $("[data-row].jb-cur-row");
  const go = (row) => {
    current()?.classList.remove("jb-cur-row");
    row.classList.add("jb-cur-row");
    row.scrollIntoView({ block: "nearest" });
    row.setAttribute("tabindex", "-1");
    row.focus({ preventScroll: true });
  };
  const walk = (event) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") { event.preventDefault(); go(all[Math.max(0, Math.min(all.length - 1, at + (key === "j" ? 1 : -1)))]); }
    if (at < 0) return;
    if (key === "x") { event.preventDefault(); const box = $("input[type=checkbox]", all[at]); if (box) box.click(); }
    if (event.key === "Enter" && !event.target.closest("a, button")) { event.preventDefault(); $("a[data-open]", all[at])?.click(); }
  };

  /* Selection and its bar, which says how many and what they have in common. */
  const count = () => {
    const bar = $("[data-bulk]");
    if (!bar) return;
    const picked = $$("[data-row] input[type=checkbox]:checked");
    bar.hidden = picked.length === 0;
    $$("[data-row]").forEach((row) => row.classList.toggle("jb-sel", !!$("input[type=checkbox]:checked", row)));
    const states = new Set(picked.map((box) => box.dataset.state));
    const same = states.size === 1 ? bar.dataset.all.replace("%s", [...states][0]) : bar.dataset.mixed;
    $("[data-bulk-words]", bar).textContent = bar.dataset.picked.replace("%d", picked.length) + same;
    $$("[data-needs]", bar).forEach((button) => { button.disabled = !picked.some((box) => box.dataset.code === button.dataset.needs); });
    document.body.classList.toggle("jb-bulk-open", picked.length > 0);
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all-rows]")) $$("[data-row] input[type=checkbox]").forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-all-rows], [data-row] input[type=checkbox]")) count();
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-bulk-clear]")) return;
    $$("[data-row] input:checked, [data-all-rows]").forEach((box) => { box.checked = false; });
    count();
  });

  /* What a person has touched is theirs: a suggestion does not overwrite it. */
  document.addEventListener("input", (event) => touch(event.target));
  document.addEventListener("change", (event) => touch(event.target));
  const touch = (field) => {
    const list = field.form && $("[data-touched]", field.form);
    if (!list || !field.name || field === list || field.dataset.free !== undefined) return;
    const names = new Set(list.value.split(" ").filter(Boolean));
    names.add(field.name);
    list.value = [...names].join(" ");
  };
  document.addEventListener("click", (event) => {
    const accept = event.target.closest("[data-accept]");
    if (accept) $$("[data-suggested]").forEach((field) => { field.classList.remove("jb-sug"); touch($("input,select,textarea", field) || field); });
    const put = event.target.closest("[data-put]");
    if (put) {
      const shown = put.dataset.wordsInto && $(put.dataset.wordsInto);
      if (shown) shown.value = put.dataset.words;
      const field = $(put.dataset.into);
      if (field) { field.value = put.dataset.put; touch(field); }
      put.closest(".jb-picks-l")?.replaceChildren();
      const words = $("#content");
      if (shown && words) { words.focus(); htmx.trigger(words, "resuggest"); }
      if (field && field.type !== "hidden") { field.dispatchEvent(new Event("input", { bubbles: true })); field.dispatchEvent(new Event("change", { bubbles: true })); field.focus(); }
    }
    const opener = event.target.closest("[data-toggle]");
    if (opener) {
      const panel = $(opener.dataset.toggle);
      if (panel) { panel.hidden = !panel.hidden; opener.setAttribute("aria-expanded", String(!panel.hidden)); if (!panel.hidden) $("input:not([type=hidden]),textarea,select", panel)?.focus(); }
    }
    const drawer = event.target.closest("[data-toggle-class]");
    if (drawer) $(drawer.dataset.on)?.classList.toggle(drawer.dataset.toggleClass);
    const one = event.target.closest("[data-show]");
    if (one) {
      $$(one.dataset.group).forEach((panel) => { panel.hidden = panel !== $(one.dataset.show); });
      $(one.dataset.show)?.querySelector("input:not([type=hidden]),textarea,select")?.focus();
    }
  });

  const untouch = (field) => {
    const list = field.form && $("[data-touched]", field.form);
    if (list) list.value = list.value.split(" ").filter((name) => name && name !== field.name).join(" ");
  };
  document.addEventListener("input", (event) => {
    const { picks, clears } = event.target.dataset;
    if (picks && event.target.value) $(picks).checked = true;
    const stale = clears && $(clears);
    if (stale) { stale.value = ""; untouch(stale); }
  });
  document.addEventListener("change", (event) => {
    const again = event.target.dataset.again && $(event.target.dataset.again);
    if (again?.value) htmx.trigger(again, "resuggest");
  });
  /* In a form of many ways out, Enter in a line is not one of them. */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && event.target.matches?.("form[data-no-enter] input:not([type=checkbox]):not([type=radio])")) event.preventDefault();
  });

  /* Drafts: every five seconds and on leaving a field; kept until the form has been taken. */
  const DAY = 12 * 3600 * 1000;
  const fieldsOf = (form) => [...form.elements].filter((f) => f.name && !["hidden", "password", "file", "submit", "button"].includes(f.type));
  const snapshot = (form) => fieldsOf(form).map((f) => [f.name, f.value, f.type === "checkbox" || f.type === "radio" ? f.checked : null]);
  const save = (form) => {
    const shot = JSON.stringify(snapshot(form));
    if (shot === form.dataset.last) return;
    form.dataset.last = shot;
    try { localStorage.setItem(`jb-draft:${form.dataset.draft}`, JSON.stringify({ at: Date.now(), shot })); } catch { return; }
    const said = $("[data-draft-said]", form) || $("[data-draft-said]");
    if (said) said.textContent = `${said.dataset.draftSaid} ${new Date().toLocaleTimeString("zh-CN", { hour12: false })}`;
  };
  const restore = (form) => {
    const key = `jb-draft:${form.dataset.draft}`;
    const sent = sessionStorage.getItem(`jb-sent:${form.dataset.draft}`);
    sessionStorage.removeItem(`jb-sent:${form.dataset.draft}`);
    if (sent && form.dataset.failed === undefined) { localStorage.removeItem(key); return; }
    if (form.dataset.failed !== undefined) return;
    let kept;
    try { kept = JSON.parse(localStorage.getItem(key)); } catch { kept = null; }
    if (!kept || Date.now() - kept.at > DAY) { localStorage.removeItem(key); return; }
    for (const [name, value, checked] of JSON.parse(kept.shot)) {
      const field = fieldsOf(form).find((f) => f.name === name && (checked === null || f.value === value));
      if (!field) continue;
      if (checked === null) field.value = value; else field.checked = checked;
    }
    $("[data-draft-fresh]", form)?.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const drafts = () => $$("form[data-draft]");
  document.addEventListener("focusout", (event) => { const form = event.target.form; if (form?.dataset?.draft) save(form); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent !== undefined) { event.preventDefault(); return; }
    if (form.method === "post" && !form.hasAttribute("hx-post")) form.dataset.sent = "";
    if (form.dataset.draft) { save(form); sessionStorage.setItem(`jb-sent:${form.dataset.draft}`, "1"); }
    if (form.dataset.forget !== undefined) Object.keys(localStorage).filter((k) => k.startsWith("jb-draft:")).forEach((k) => localStorage.removeItem(k));
  });
  addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
  const cleanSent = () => Object.keys(sessionStorage).filter((k) => k.startsWith("jb-sent:")).forEach((k) => {
    const name = k.slice(8);
    if (!$(`form[data-draft="${CSS.escape(name)}"]`)) { localStorage.removeItem(`jb-draft:${name}`); sessionStorage.removeItem(k); }
  });

  /* Clocks: a page left open fetches itself each minute and takes over what carries data-clock, nothing else. */
  const refresh = async () => {
    if (document.hidden || !$("[data-clock]")) return;
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "clock" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      $$("[data-clock]").forEach((node) => {
        const next = $(`[data-clock="${CSS.escape(node.dataset.clock)}"]`, fresh);
        if (next && !node.contains(document.activeElement)) node.replaceWith(next);
      });
    } catch { offline(true); }
  };

  /* The end of the session is told two minutes before. */
  const shell = () => $("[data-session-minutes]");
  let began = Date.now();
  const watch = () => {
    const minutes = Number(shell()?.dataset.sessionMinutes || 0);
    const box = $("#timeout");
    if (minutes && box) box.hidden = Date.now() - began < (minutes - 2) * 60000;
  };
  document.addEventListener("click", async (event) => {
    const stay = event.target.closest("[data-stay]");
    if (!stay) return;
    const answer = await fetch(stay.dataset.stay, { method: "POST", headers: { "X-CSRFToken": token() } });
    if (answer.ok) { began = Date.now(); watch(); } else location.reload();
  });

  /* A call's time on the line. */
  const started = Date.now();
  const tick = () => $$("[data-timer]").forEach((node) => {
    const seconds = Math.floor((Date.now() - started) / 1000);
    node.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  });

  document.addEventListener("DOMContentLoaded", () => {
    drafts().forEach(restore);
    cleanSent();
    count();
    $("[data-first-error]")?.focus();
    setInterval(() => drafts().forEach((form) => { if (form.contains(document.activeElement)) save(form); }), 5000);
    setInterval(refresh, 60000);
    setInterval(watch, 20000);
    if ($("[data-timer]")) setInterval(tick, 1000);
    $$("[data-print]").forEach((node) => node.addEventListener("click", () => print()));
    say("");
  });
})();
