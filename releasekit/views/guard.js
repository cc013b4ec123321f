// Stands between a person's hand and the check boxes of one walkthrough: no box moves before the log has it.
// A click or a key becomes an intent that the kernel answers; everything else here only paints what the kernel said.

const DEAD_AFTER = 2700; // ms without a beat: nobody is recording; with the timer below it is said within three seconds
const WAITING_AFTER = 3000; // ms without an answer: the kernel runs a cell
const PLAIN_KEYS = new Set(["Tab", "Escape"]);

class Guard {
  constructor(model) {
    this.model = model;
    this.root = `.rk-view-${model.get("view")}`;
    this.me = Math.random().toString(36).slice(2);
    this.asked = 0;
    this.pending = new Map();
    this.folded = new Set(model.get("folded"));
    this.filter = "";
    this.query = "";
    this.drafts = new Map();
    this.held = null;
    this.said = "";
    this.lines = new Set();
    this.beat = performance.now();
    this.told = "";
    model.on("change:beat", () => {
      this.beat = performance.now();
      if (this.told !== this.standing()) this.later();
    });
    for (const name of ["size", "trouble", "items"]) model.on(`change:${name}`, () => this.later());
    model.on("msg:custom", (message) => this.answered(message));
    this.events = ["click", "keydown", "keypress", "input", "submit", "focusin", "pointerdown"];
    // on the window, and while the event comes down: before anything of JupyterLab or ipywidgets hears of it
    for (const name of this.events) window.addEventListener(name, this, true);
    this.observer = new MutationObserver(() => this.later());
    this.observer.observe(document.body, { childList: true, subtree: true });
    this.timer = setInterval(() => this.watch(), 250);
  }

  end() {
    for (const name of this.events) window.removeEventListener(name, this, true);
    this.observer.disconnect();
    clearInterval(this.timer);
    this.banner?.remove();
  }

  // -- what is known of the kernel

  alive() {
    return performance.now() - this.beat < DEAD_AFTER && !this.model.get("trouble");
  }

  standing() {
    const waiting = [...this.pending.values()].filter((one) => performance.now() - one.at > WAITING_AFTER);
    return `${this.alive()} ${this.pending.size} ${waiting.length}`;
  }

  why() {
    const trouble = this.model.get("trouble");
    if (trouble) return `Not recording: ${trouble}. No box can be moved until it is.`;
    return (
      "Not recording: the kernel does not answer. No box can be moved, and nothing that you do here is kept. " +
      "Everything that was shown as ticked is in the log: start the kernel again, and run all cells."
    );
  }

  watch() {
    if (!this.alive()) this.pending.clear();
    this.looks = (this.looks ?? 0) + 1;
    if (this.told !== this.standing() || this.looks % 20 === 0) this.paint();
  }

  // -- what a person does

  handleEvent(event) {
    const root = event.target instanceof Element ? event.target.closest(this.root) : null;
    if (!root) {
      if (event.type === "focusin" || event.type === "pointerdown") this.held = null;
      return;
    }
    this[`on_${event.type}`]?.(event, root);
  }

  on_keypress(event) {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopImmediatePropagation();
  }

  on_submit(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  on_focusin(event) {
    this.held = event.target;
    this.heldKey = place(event.target);
  }

  on_input(event, root) {
    const field = event.target;
    if (field.dataset.rkUi === "search") {
      this.query = field.value.trim().toLowerCase();
      this.later();
    }
    const key = place(field);
    if (key) this.drafts.set(key, field.value);
  }

  on_click(event, root) {
    const box = event.target.closest(".rk-box");
    if (box) {
      if (!event.target.closest("label")) return;
      stop(event);
      this.tick(root, box);
      return;
    }
    const button = event.target.closest("button");
    if (!button) return;
    stop(event);
    this.press(root, button);
  }

  on_keydown(event, root) {
    if (event.ctrlKey || event.metaKey || event.altKey || PLAIN_KEYS.has(event.key) || /^F\d/.test(event.key)) return;
    // JupyterLab's own keys (d d deletes a cell) are not meant while a part of ours has the focus
    event.stopImmediatePropagation();
    const field = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (field) {
      const form = field.closest("form");
      if (event.key === "Enter" && form) {
        event.preventDefault();
        this.press(root, form.querySelector("button"));
      }
      return;
    }
    const box = event.target.closest(".rk-box");
    const act = {
      Enter: () => box && (stop(event), this.tick(root, box)),
      ArrowDown: () => box && (stop(event), this.move(root, box, 1)),
      ArrowUp: () => box && (stop(event), this.move(root, box, -1)),
      o: () => box && (stop(event), this.row(root, box)?.querySelector("[data-rk-act=open]")?.click()),
      "/": () => (stop(event), document.querySelector(`${this.root} [data-rk-ui=search]`)?.focus()),
    }[event.key];
    act?.();
  }

  tick(root, box) {
    const row = this.row(root, box);
    const input = box.querySelector("input");
    if (!row || input.disabled) return;
    const item = this.model.get("items")[Number(row.dataset.rkRow)];
    const act = row.dataset.rkTicked ? "untick" : "tick";
    this.ask(`box-${row.dataset.rkRow}`, { act, item, seen: Number(row.dataset.rkSeen) });
  }

  move(root, box, by) {
    const boxes = [...root.querySelectorAll(".rk-box:not(.rk-out) input:not(:disabled)")];
    boxes[boxes.indexOf(box.querySelector("input")) + by]?.focus();
  }

  row(root, box) {
    const at = [...box.classList].find((name) => name.startsWith("rk-at-"));
    return at ? root.querySelector(`[data-rk-row="${at.slice(6)}"]`) : null;
  }

  press(root, button) {
    const { rkUi: ui, rkAct: act } = button.dataset;
    if (ui) this.look(ui, button);
    if (!act || button.getAttribute("aria-disabled") === "true") return;
    const form = button.closest("form");
    const fields = {};
    for (const field of form ? form.querySelectorAll("[name]") : []) {
      fields[field.name] = field.value;
      if (field.required && !field.value.trim()) {
        this.say(`${field.dataset.rkLabel} is needed`);
        field.setAttribute("aria-invalid", "true");
        field.focus();
        return;
      }
    }
    const given = Object.entries(button.dataset)
      .filter(([name]) => name.startsWith("rkGive"))
      .map(([name, value]) => [name.slice(6).toLowerCase(), value]);
    const row = button.closest("[data-rk-row]");
    const at = row ? { item: this.model.get("items")[Number(row.dataset.rkRow)], seen: Number(row.dataset.rkSeen) } : {};
    this.ask(button.dataset.rkKey, { act, ...at, ...fields, ...Object.fromEntries(given) });
  }

  look(ui, button) {
    if (ui === "fold") {
      const section = Number(button.dataset.rkSection);
      if (!this.folded.delete(section)) this.folded.add(section);
    } else if (ui === "filter") {
      this.filter = button.dataset.rkFilter ?? "";
    } else if (ui === "copy") {
      navigator.clipboard?.writeText(button.previousElementSibling.innerText);
      this.say("copied");
    }
    this.later();
  }

  ask(key, intent) {
    if (!this.alive()) {
      this.say(this.why());
      return;
    }
    if ([...this.pending.values()].some((one) => one.key === key)) return;
    const id = `${this.me}-${++this.asked}`;
    this.pending.set(id, { key, at: performance.now() });
    this.model.send({ id, key, ...intent });
    this.say("saving…");
    this.paint();
  }

  answered(message) {
    const mine = this.pending.get(message.re);
    if (!mine) return;
    this.pending.delete(message.re);
    if (message.ok) for (const key of [...this.drafts.keys()]) if (key.startsWith(`${mine.key}/`)) this.drafts.delete(key);
    this.say(message.said);
    this.later();
  }

  say(text) {
    this.said = text;
    for (const line of this.lines) line.textContent = text;
  }

  // -- what is seen

  later() {
    this.due ??= setTimeout(() => {
      this.due = null;
      this.paint();
    }, 16);
  }

  paint() {
    this.told = this.standing();
    const alive = this.alive();
    const roots = document.querySelectorAll(this.root);
    for (const root of roots) {
      root.classList.add("rk-guarded");
      root.classList.toggle("rk-dead", !alive);
      this.paintRows(root);
      this.paintBusy(root);
      paintTimes(root);
      paintCopies(root);
      for (const field of root.querySelectorAll("[data-rk-key] [name], input[data-rk-key]")) {
        const draft = this.drafts.get(place(field));
        if (draft !== undefined && field.value !== draft && field !== document.activeElement) field.value = draft;
      }
    }
    this.paintBanner([...roots].some((root) => root.checkVisibility?.() ?? root.offsetParent), alive);
    for (const line of document.querySelectorAll(`${this.root} .rk-recording`)) {
      const text = alive ? `✓ Recording as ${this.model.get("who")}, event ${this.model.get("size")}` : "✗ Not recording";
      if (line.textContent !== text) line.textContent = text;
    }
    if (this.held && !this.held.isConnected && this.heldKey) {
      const again = [...document.querySelectorAll(`${this.root} :is(button, [name])`)].find((one) => place(one) === this.heldKey);
      this.held = null;
      again?.focus({ preventScroll: true });
    }
  }

  paintRows(root) {
    if (!root.matches(".rk-boxes")) return;
    const sections = this.model.get("sections");
    const seeking = this.filter || this.query;
    const boxes = new Map();
    for (const box of root.querySelectorAll(".rk-box")) {
      boxes.set([...box.classList].find((name) => name.startsWith("rk-at-"))?.slice(6), box);
    }
    const shown = new Map();
    let count = 0;
    for (const row of root.querySelectorAll("[data-rk-row]")) {
      const at = row.dataset.rkRow;
      const box = boxes.get(at);
      const section = sections[Number(at)];
      const fits =
        (!this.filter || row.dataset.rkIs.split(" ").includes(this.filter)) &&
        (!this.query || `${box?.textContent} ${row.textContent}`.toLowerCase().includes(this.query));
      const out = seeking ? !fits : this.folded.has(section);
      for (const one of [box, row.closest(".widget-html")]) one?.classList.toggle("rk-out", out);
      if (fits) count += 1;
      if (fits || !seeking) shown.set(section, true);
    }
    for (const head of root.querySelectorAll("[data-rk-ui=fold]")) {
      const section = Number(head.dataset.rkSection);
      set(head, "aria-expanded", String(Boolean(seeking) || !this.folded.has(section)));
      head.closest(".widget-html").classList.toggle("rk-out", !shown.get(section));
    }
    for (const one of root.querySelectorAll("[data-rk-ui=filter]")) {
      set(one, "aria-pressed", String((one.dataset.rkFilter ?? "") === this.filter));
    }
    const line = root.querySelector(".rk-count");
    const text = seeking ? `${count} of ${sections.length} items` : `${sections.length} items`;
    if (line && line.textContent !== text) line.textContent = text;
  }

  paintBusy(root) {
    const now = performance.now();
    const busy = new Map([...this.pending.values()].map((one) => [one.key, now - one.at > WAITING_AFTER]));
    for (const one of root.querySelectorAll(".rk-box, button[data-rk-key]")) {
      const at = [...one.classList].find((name) => name.startsWith("rk-at-"));
      const key = at ? `box-${at.slice(6)}` : one.dataset.rkKey;
      one.classList.toggle("rk-saving", busy.has(key) && !busy.get(key));
      one.classList.toggle("rk-waiting", busy.get(key) === true);
    }
  }

  paintBanner(visible, alive) {
    if (alive || !visible) {
      this.banner?.remove();
      this.banner = null;
      return;
    }
    if (!this.banner) {
      this.banner = document.createElement("div");
      this.banner.className = "rk-banner";
      this.banner.setAttribute("role", "alert");
      document.body.append(this.banner);
    }
    if (this.banner.textContent !== this.why()) this.banner.textContent = this.why();
  }
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// where a field or a button stands, so that it is found again after the kernel drew it anew
function place(element) {
  if (element.name) return `${element.closest("[data-rk-key]")?.dataset.rkKey ?? ""}/${element.name}`;
  return element.dataset?.rkKey ?? "";
}

function paintTimes(root) {
  for (const one of root.querySelectorAll("time[datetime]")) {
    one.title ||= one.textContent;
    const text = age((Date.now() - Date.parse(one.getAttribute("datetime"))) / 1000);
    if (one.textContent !== text) one.textContent = text;
  }
  for (const one of root.querySelectorAll("[data-rk-from]")) {
    const [from, to] = [one.dataset.rkFrom, one.dataset.rkTo].map((text) => (Date.parse(text) - Date.now()) / 1000);
    const text = from > 0 ? `opens in ${span(from)}` : to > 0 ? `${span(to)} left` : `over since ${span(-to)}`;
    if (one.textContent !== text) one.textContent = text;
  }
}

function age(seconds) {
  if (seconds < -5) return `in ${span(-seconds)}`;
  return seconds < 10 ? "just now" : `${span(seconds)} ago`;
}

function span(seconds) {
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.round(seconds / 86400)} days`;
}

function paintCopies(root) {
  for (const code of root.querySelectorAll(".rk-lines code.rk-code")) {
    if (code.nextElementSibling?.matches(".rk-copy")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rk-copy";
    button.dataset.rkUi = "copy";
    button.textContent = "copy";
    button.setAttribute("aria-label", `copy ${code.innerText.slice(0, 80)}`);
    code.after(button);
  }
}

const guards = new Map();

export default {
  initialize({ model }) {
    const guard = new Guard(model);
    guards.set(model.get("view"), guard);
    return () => {
      guard.end();
      guards.delete(model.get("view"));
    };
  },
  render({ model, el }) {
    const guard = guards.get(model.get("view"));
    const line = document.createElement("div");
    line.className = "rk-live-line";
    line.setAttribute("role", "status");
    line.textContent = guard.said;
    guard.lines.add(line);
    el.append(line);
    return () => guard.lines.delete(line);
  },
};
