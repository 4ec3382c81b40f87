"use strict";
(() => {
  const $ = (query, root = document) => root.querySelector(query);
  const $$ = (query, root = document) => [...root.querySelectorAll(query)];
  const data = JSON.parse($("#data").textContent);
  const cards = $$(".card");
  const runs = $$(".r[data-s]");
  const numbers = $$("main .no");
  const root = document.documentElement;
  root.classList.add("scripted");
  const say = (words) => { $("#say").textContent = words; };
  const listed = (run, name) => (run.dataset[name] || "").split(" ").filter(Boolean).map(Number);

  // ---------------------------------------------------------------- choosing one attribution
  let chosen = -1;
  function choose(i, { focus = false, scroll = true } = {}) {
    if (chosen >= 0) cards[chosen].removeAttribute("aria-current");
    chosen = i;
    root.classList.toggle("choosing", i >= 0);
    for (const run of runs) {
      run.classList.toggle("chosen", i >= 0 && listed(run, "c").includes(i));
      run.classList.toggle("is-cue", i >= 0 && listed(run, "q").includes(i));
      run.classList.toggle("is-source", i >= 0 && listed(run, "o").includes(i));
      run.classList.toggle("is-evidence", i >= 0 && listed(run, "e").includes(i));
    }
    if (i < 0) return;
    const card = cards[i];
    card.setAttribute("aria-current", "true");
    fillNames(card);
    if (focus) card.focus({ preventScroll: true });
    if (!scroll) return;
    const sheet = getComputedStyle(card).position === "fixed";
    if (!sheet) card.scrollIntoView({ block: "nearest", behavior: "instant" });
    const word = $("#q" + i);
    if (word) word.scrollIntoView({ block: sheet ? "start" : "center", behavior: "instant" });
  }

  function close() {
    const before = chosen;
    choose(-1);
    const word = before >= 0 && $("#q" + before);
    if (word) word.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) {
      const id = link.getAttribute("href").slice(1);
      if (id.startsWith("card")) {
        event.preventDefault();
        choose(Number(id.slice(4)), { focus: true });
      } else if (/^q\d/.test(id)) {
        event.preventDefault();
        choose(Number(id.slice(1)));
        $("#" + id).focus({ preventScroll: true });
      } else if (/^(source|cue|evidence|warning)\d/.test(id)) {
        event.preventDefault();
        const place = document.getElementById(id);
        if (!place) return;
        place.scrollIntoView({ block: "center" });
        place.focus({ preventScroll: true });
      }
      return;
    }
    if (event.target.closest(".close")) { close(); return; }
    const run = event.target.closest(".r.c:not(.off)");
    if (run && String(getSelection()) === "") {
      const inside = listed(run, "c").filter(isShown);
      if (inside.length) choose(inside[inside.length - 1]);
      return;
    }
    const card = event.target.closest(".card");
    if (card && !event.target.closest("button,select,input,a,label")) {
      if (Number(card.dataset.i) !== chosen) choose(Number(card.dataset.i));
    }
  });

  // --------------------------------------------------------------------------------- filters
  const speakerButtons = $$("#speaker-list button");
  const threshold = $("#threshold");
  let shown = new Set(cards.map((_, i) => i));
  const isShown = (i) => shown.has(i);

  function passes(i, speakers) {
    const one = data.attributions[i];
    const which = $("#which").value;
    if (one.confidence * 100 < Number(threshold.value)) return false;
    if (!$$("input[name=kind]:checked").some((box) => box.value === one.kind)) return false;
    if (which === "open" && decisions.has(one.id)) return false;
    if (which === "unsure" && one.speaker !== null) return false;
    return !speakers.size || speakers.has(cards[i].dataset.speaker);
  }

  function filter() {
    $("#threshold-value").textContent = threshold.value + " %";
    const speakers = new Set(
      speakerButtons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.speaker));
    shown = new Set();
    const counts = new Map();
    cards.forEach((card, i) => {
      if (passes(i, new Set())) counts.set(card.dataset.speaker, (counts.get(card.dataset.speaker) || 0) + 1);
      const on = passes(i, speakers);
      card.hidden = !on;
      if (on) shown.add(i);
    });
    for (const button of speakerButtons) $(".count", button).textContent = counts.get(button.dataset.speaker) || 0;
    for (const run of runs) {
      if (run.classList.contains("c")) run.classList.toggle("off", !listed(run, "c").some(isShown));
    }
    for (const number of numbers) number.classList.toggle("off", !isShown(Number(number.dataset.i)));
    $("#clear").hidden = !speakers.size;
    $("#none").hidden = shown.size > 0 || !cards.length;
    const all = shown.size === cards.length;
    $("#shown").textContent = all ? "" : shown.size + " of " + cards.length + " shown";
    if (chosen >= 0 && !isShown(chosen)) choose(-1);
  }

  for (const button of speakerButtons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  function clearSpeakers() {
    for (const button of speakerButtons) button.setAttribute("aria-pressed", "false");
    filter();
  }
  $("#clear").addEventListener("click", () => { clearSpeakers(); speakerButtons[0].focus(); });
  $("#tools").addEventListener("submit", (event) => event.preventDefault());
  $("#tools").addEventListener("input", filter);
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const find = $("#find");
  if (find) {
    find.addEventListener("input", () => {
      const wanted = fold(find.value.trim());
      for (const button of speakerButtons) button.parentElement.hidden = !fold(button.textContent).includes(wanted);
    });
  }

  // --------------------------------------------------------------------- decisions of a person
  const decisions = new Map();
  const key = "quotecheck-review-" + data.text_sha256;
  let stored = true;

  function save() {
    try {
      localStorage.setItem(key, JSON.stringify([...decisions.values()]));
      stored = true;
    } catch {
      stored = false;
    }
  }
  addEventListener("beforeunload", (event) => {
    if (!stored && decisions.size) event.preventDefault();
  });

  const nameOf = (id) => {
    const found = data.entities.find((entity) => entity.id === id);
    return found ? found.name : null;
  };

  function fresh(i) {
    const one = data.attributions[i];
    return { attribution: one.id, span: "accepted", speaker: null, entity: one.speaker, name: nameOf(one.speaker),
      content: one.content, cue: one.cue, source: one.source };
  }

  function decide(i, change) {
    const id = data.attributions[i].id;
    const next = { ...(decisions.get(id) || fresh(i)), ...change };
    decisions.set(id, next);
    save();
    show(i);
    progress();
  }

  function undo(i) {
    decisions.delete(data.attributions[i].id);
    save();
    show(i);
    progress();
  }

  function verdict(one) {
    if (!one) return null;
    if (one.span === "rejected") return "rejected";
    if (one.span === "corrected" || one.speaker === "corrected" || one.speaker === "rejected") return "corrected";
    return one.speaker === "accepted" ? "accepted" : "words accepted";
  }

  function show(i) {
    const card = cards[i];
    const one = decisions.get(data.attributions[i].id);
    for (const button of $$("button[data-verdict]", card)) {
      if (button.dataset.verdict === "added") continue;
      const now = one ? one[button.dataset.part] : null;
      button.setAttribute("aria-pressed", String(now === button.dataset.verdict));
    }
    const word = verdict(one);
    if (word) card.dataset.verdict = word; else delete card.dataset.verdict;
    const note = $(".corrected", card);
    const lines = [];
    if (one && one.speaker === "corrected") lines.push("Speaker: " + one.name);
    if (one && one.speaker === "rejected") lines.push("Speaker: not known");
    if (one && one.span === "corrected") lines.push("Words: " + one.content.map((span) => span.text).join(" … "));
    note.textContent = lines.join(". ");
    note.hidden = !lines.length;
  }

  function progress() {
    $("#progress").textContent = decisions.size + " of " + cards.length + " reviewed";
    if ($("#which").value === "open") filter();
  }

  function fillNames(card) {
    const select = $("select[data-part=speaker]", card);
    if (select.options.length > 1) return;
    const speakers = new Set(data.attributions.map((one) => one.speaker));
    const sorted = [...data.entities].sort((a, b) => speakers.has(b.id) - speakers.has(a.id));
    for (const entity of sorted) select.add(new Option(entity.name, "id:" + entity.id));
    select.add(new Option("someone else …", "other"));
  }

  function correctSpeaker(i, entity, name) {
    if (entity !== null && entity === data.attributions[i].speaker) decide(i, { speaker: "accepted", entity, name });
    else decide(i, { speaker: "corrected", entity, name });
  }

  $(".cards").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-verdict]");
    if (!button) return;
    const i = Number(button.closest(".card").dataset.i);
    const one = data.attributions[i];
    const { part, verdict: kind } = button.dataset;
    if (button.getAttribute("aria-pressed") === "true") { undo(i); return; }
    if (part === "speaker") {
      if (kind === "accepted") decide(i, { speaker: "accepted", entity: one.speaker, name: nameOf(one.speaker) });
      else decide(i, { speaker: "rejected", entity: null, name: null });
    } else if (kind === "accepted" || kind === "rejected") {
      decide(i, { span: kind, content: one.content });
    } else {
      const span = selected;
      if (!span) { say("Select the right words in the article first."); alertOnce(button); return; }
      const before = decisions.get(one.id);
      const old = before && before.span === "corrected" ? before.content : one.content;
      const content = kind === "added" ? [...old, span].sort((a, b) => a.start - b.start) : [span];
      decide(i, { span: "corrected", content });
      say("Words corrected.");
    }
  });

  function alertOnce(button) {
    const note = $(".corrected", button.closest(".card"));
    note.textContent = "Select the right words in the article first.";
    note.hidden = false;
  }

  $(".cards").addEventListener("change", (event) => {
    const card = event.target.closest(".card");
    if (!card) return;
    const i = Number(card.dataset.i);
    const other = $("input[data-part=name]", card);
    if (event.target.matches("select[data-part=speaker]")) {
      const value = event.target.value;
      other.hidden = value !== "other";
      if (value === "other") other.focus();
      else if (value.startsWith("id:")) correctSpeaker(i, value.slice(3), nameOf(value.slice(3)));
    } else if (event.target === other && other.value.trim()) {
      correctSpeaker(i, null, other.value.trim());
    }
  });

  // Offsets count code points, JavaScript counts code units.
  const points = (text) => [...text].length;
  let selected = null;
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!$("main").contains(range.commonAncestorContainer)) return;
    let start = null, end = null, text = "";
    for (const run of runs) {
      if (!range.intersectsNode(run)) continue;
      const node = run.firstChild;
      if (!node) continue;
      const from = range.startContainer === node ? range.startOffset : 0;
      const to = range.endContainer === node ? range.endOffset : node.data.length;
      if (from >= to) continue;
      const at = Number(run.dataset.s);
      if (start === null) start = at + points(node.data.slice(0, from));
      if (end !== null && end < at) text += " ".repeat(at - end);
      end = at + points(node.data.slice(0, to));
      text += node.data.slice(from, to);
    }
    if (start !== null) selected = { start, end, text };
  });

  $("#download").addEventListener("click", () => {
    const file = { schema: "quotecheck/review/1", source: data.source, text_sha256: data.text_sha256,
      model: data.model, reviewed: new Date().toISOString(), decisions: [...decisions.values()] };
    const blob = new Blob([JSON.stringify(file, null, 1) + "\n"], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    const name = data.source === "-" ? "article" : data.source.split(/[\\/]/).pop();
    link.download = name + ".review.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say("Decisions downloaded.");
  });

  function take(list) {
    const ids = new Map(data.attributions.map((one, i) => [one.id, i]));
    for (const one of list) {
      if (ids.has(one.attribution)) decisions.set(one.attribution, one);
    }
    for (let i = 0; i < cards.length; i += 1) show(i);
    progress();
  }

  $("#load").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    try {
      const read = JSON.parse(await file.text());
      if (read.text_sha256 !== data.text_sha256) throw new Error("made for another text");
      take(read.decisions);
      save();
      say("Decisions loaded.");
    } catch (error) {
      $("#progress").textContent = "Could not load: " + error.message;
    }
  });

  // ------------------------------------------------------------------------------------- keys
  function step(by) {
    const order = [...shown].sort((a, b) => a - b);
    if (!order.length) return;
    const at = order.indexOf(chosen);
    const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + by));
    choose(order[next], { focus: true });
  }

  const help = $("#help");
  $("#help-open").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") {
      if (chosen >= 0) close(); else clearSpeakers();
      return;
    }
    if (!$("#keys").checked || event.target.matches("input:not([type=range],[type=checkbox]),select,textarea")) return;
    const act = {
      j: () => step(1), k: () => step(-1), "?": () => help.showModal(),
      a: () => decide(chosen, { ...fresh(chosen), speaker: "accepted" }),
      s: () => decide(chosen, { speaker: "rejected", entity: null, name: null }),
      x: () => decide(chosen, { span: "rejected" }),
      u: () => undo(chosen),
      c: () => $("select[data-part=speaker]", cards[chosen]).focus(),
    }[event.key];
    if (!act || ("asxuc".includes(event.key) && chosen < 0)) return;
    event.preventDefault();
    act();
  });

  // ------------------------------------------------------------------------------------ theme
  const themes = ["auto", "light", "dark"];
  $("#theme").addEventListener("click", (event) => {
    const now = root.dataset.theme || "auto";
    const next = themes[(themes.indexOf(now) + 1) % themes.length];
    if (next === "auto") delete root.dataset.theme; else root.dataset.theme = next;
    event.target.textContent = "Theme: " + next;
  });

  if (matchMedia("(max-width:50rem)").matches) $("#speakers-box").open = false;
  try {
    take(JSON.parse(localStorage.getItem(key) || "[]"));
  } catch {
    stored = false;
  }
  filter();
  if (/^#(card|q)\d+$/.test(location.hash)) {
    const i = Number(location.hash.replace(/\D+/, ""));
    if (i < cards.length) choose(i);
  }
})();
