"use strict";
// The player: time, the slider and its track, keys, what is under the pointer.
(() => {
  const source = document.getElementById("replay-data");
  if (!source) return;
  const byId = id => document.getElementById(id);
  const data = JSON.parse(source.textContent);
  const course = new Course(data);
  const player = byId("player"), slider = byId("slider"), track = byId("track"), canvas = byId("stage");
  player.hidden = false;
  const stage = new Stage(canvas, course);
  const SPEEDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 259200, 604800];
  const whole = [data.began, Math.max(data.ended, data.began + 1)];
  const window = [Math.max(whole[0], data.window[0]), Math.min(whole[1], data.window[1])];
  const hasWindow = window[1] > window[0] && (window[0] > whole[0] || window[1] < whole[1]);
  let view = hasWindow ? window : whole;
  let time = data.worst === null ? view[0] : data.worst;
  if (time < view[0] || time > view[1]) view = whole;
  let speed = 0, playing = false, last = 0, pinned = null, pointer = null;

  const two = number => String(number).padStart(2, "0");
  function moment(ms, exact) {
    const whole = Math.floor(ms / 1000), days = Math.floor(whole / 86400), rest = whole % 86400;
    const parts = ms % 1000 && exact ? `.${String(Math.floor(ms % 1000)).padStart(3, "0")}` : "";
    return `${days ? `${days}d ` : ""}${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}${parts}`;
  }
  function length(ms) {
    let seconds = Math.round(ms / 1000);
    const parts = [];
    for (const [name, size] of [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]]) {
      if (seconds >= size && parts.length < 2) parts.push(`${Math.floor(seconds / size)}${name}`);
      seconds %= size;
    }
    return parts.join(" ") || "less than a second";
  }

  function chooseSpeed() {
    const wanted = (view[1] - view[0]) / 1000 / 30;
    speed = SPEEDS.findIndex(of => of >= wanted);
    if (speed < 0) speed = SPEEDS.length - 1;
  }

  // Everything that depends on the time.
  function show() {
    course.seek(time);
    stage.draw();
    slider.value = String(Math.round(1000 * (time - view[0]) / (view[1] - view[0])));
    slider.setAttribute("aria-valuetext", moment(time));
    byId("clock").textContent = moment(time, true);
    counts();
    drawTrack();
    tell();
  }

  // A few words on each service, worst first where there are many.
  function counts() {
    const rows = data.services.map((service, row) => ({
      name: service[0], batch: service[1], row, healthy: course.service.healthy[row], desired: course.service.desired[row],
    }));
    const short = of => (of.batch ? 0 : Math.max(0, of.desired - of.healthy));
    const shown = rows.length > 8 ? [...rows].sort((a, b) => short(b) - short(a) || a.row - b.row).slice(0, 8) : rows;
    const items = shown.map(of => {
      const item = document.createElement("span");
      item.className = short(of) ? "count short" : "count";
      const swatch = document.createElement("i");
      swatch.style.background = stage.colour(of.row);
      const text = of.batch ? `${of.name}: ${of.healthy} running` : `${of.name}: ${of.healthy} of ${of.desired} healthy`;
      item.append(swatch, text);
      return item;
    });
    const off = ["control plane down", "image registry down", "permission revoked"].filter((_, bit) => course.region.bits[0] >> bit & 1);
    for (const text of off) {
      const item = document.createElement("span");
      item.className = "count short";
      item.textContent = text;
      items.push(item);
    }
    if (rows.length > 8) {
      const item = document.createElement("span");
      item.className = "quiet";
      item.textContent = `and ${rows.length - 8} more services`;
      items.push(item);
    }
    byId("counts").replaceChildren(...items);
  }

  // The track: missing tasks over time, failures, exact stretches. Drawn anew for a new view only.
  const picture = document.createElement("canvas");
  let pictured = "";
  const PAD = 8;
  function pictureTrack(width, height, ratio) {
    const key = [width, height, ratio, ...view, stage.ink.text].join();
    if (key === pictured) return;
    pictured = key;
    picture.width = Math.round(width * ratio);
    picture.height = Math.round(height * ratio);
    const pen = picture.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const room = width - 2 * PAD, low = height - 6, high = 16;
    const x = ms => PAD + room * (ms - view[0]) / (view[1] - view[0]);
    pen.fillStyle = stage.ink.panel;
    pen.fillRect(PAD, high - 2, room, low - high + 2);
    const most = Math.max(1, course.missing.reduce((a, b) => Math.max(a, b), 0));
    // The most tasks missing within each pixel, so that no dip falls between two.
    const columns = new Float64Array(Math.max(1, Math.ceil(room)));
    for (let at = course.momentAt(view[0]); at < course.times.length && course.times[at] <= view[1]; at++) {
      if (!course.missing[at]) continue;
      const end = at + 1 < course.times.length ? course.times[at + 1] : whole[1];
      const from = Math.max(0, Math.floor(x(course.times[at]) - PAD));
      const to = Math.min(columns.length - 1, Math.floor(x(end) - PAD));
      for (let column = from; column <= to; column++) columns[column] = Math.max(columns[column], course.missing[at]);
    }
    pen.fillStyle = stage.ink.bad;
    columns.forEach((missing, column) => {
      if (missing) {
        const tall = Math.max(2, (low - high) * missing / most);
        pen.fillRect(PAD + column, low - tall, 1, tall);
      }
    });
    pen.fillStyle = stage.ink.quiet;
    if (data.step) {
      for (const [from, to] of data.exact) {
        if (to >= view[0] && from <= view[1]) {
          const left = x(Math.max(from, view[0]));
          pen.fillRect(left, low + 2, Math.max(1, x(Math.min(to, view[1])) - left), 3);
        }
      }
    }
    for (const [, began, ended, recovered, lost] of data.marks) {
      const until = recovered ?? ended ?? began;
      if (until < view[0] || began > view[1]) continue;
      const left = x(Math.max(began, view[0])), right = x(Math.min(until, view[1]));
      pen.fillStyle = lost ? stage.ink.text : stage.ink.quiet;
      pen.globalAlpha = lost ? 1 : 0.5;
      pen.fillRect(left, 10, Math.max(1, right - left), 2);
      if (began >= view[0]) {
        pen.beginPath();
        pen.moveTo(left - 4, 2);
        pen.lineTo(left + 4, 2);
        pen.lineTo(left, 12);
        pen.fill();
      }
      pen.globalAlpha = 1;
    }
    byId("view-from").textContent = moment(view[0]);
    byId("view-to").textContent = moment(view[1]);
    byId("track-note").textContent = `▾ failures · height: tasks missing, at most ${most}`;
  }

  function drawTrack() {
    const width = track.parentElement.clientWidth, height = 62, ratio = devicePixelRatio || 1;
    pictureTrack(width, height, ratio);
    if (track.width !== picture.width || track.height !== picture.height) {
      track.width = picture.width;
      track.height = picture.height;
      track.style.width = `${width}px`;
      track.style.height = `${height}px`;
    }
    const pen = track.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, track.width, track.height);
    pen.drawImage(picture, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const x = PAD + (width - 2 * PAD) * (time - view[0]) / (view[1] - view[0]);
    pen.fillStyle = stage.ink.text;
    pen.fillRect(x - 1, 0, 2, height);
  }

  function go(to) {
    time = Math.max(whole[0], Math.min(whole[1], to));
    if (time < view[0] || time > view[1]) {
      // The view follows the time, as wide as it is.
      const wide = view[1] - view[0];
      const from = Math.max(whole[0], Math.min(whole[1] - wide, time - wide / 2));
      view = [from, from + wide];
    }
    show();
  }

  function look(at, to) {
    view = at;
    chooseSpeed();
    told();
    go(to ?? Math.max(view[0], Math.min(view[1], time)));
  }

  function told() {
    const seconds = SPEEDS[speed];
    byId("speed").textContent = `${length(seconds * 1000)} per second`;
    byId("play").textContent = playing ? "Pause" : "Play";
    byId("play").setAttribute("aria-pressed", String(playing));
  }

  function faster(by) {
    speed = Math.max(0, Math.min(SPEEDS.length - 1, speed + by));
    told();
  }

  function play(on) {
    playing = on;
    if (on && time >= view[1]) go(view[0]);
    last = 0;
    told();
    if (on) requestAnimationFrame(frame);
  }

  function frame(now) {
    if (!playing) return;
    if (last) {
      const to = Math.min(view[1], time + (now - last) * SPEEDS[speed]);
      go(to);
      if (to >= view[1]) { play(false); return; }
    }
    last = now;
    requestAnimationFrame(frame);
  }

  // The moment before or after.
  function step(by) {
    const at = course.momentAt(time);
    const next = by > 0 ? at + 1 : course.times[at] < time ? at : at - 1;
    if (next >= 0 && next < course.times.length) go(course.times[next]);
    else go(by > 0 ? whole[1] : whole[0]);
  }

  function failure(by) {
    const began = data.marks.map(mark => mark[1]).filter(of => (by > 0 ? of > time : of < time));
    if (began.length) go(by > 0 ? Math.min(...began) : Math.max(...began));
  }

  // An incident fills the view.
  function incident(place, began) {
    const mark = data.marks.find(of => of[0] === place);
    const [, from, ended, recovered] = mark ?? [place, began, null, null];
    const wide = Math.max(300000, (recovered ?? ended ?? from + 3600000) - from);
    const at = [Math.max(whole[0], from - 0.2 * wide), Math.min(whole[1], from + 1.4 * wide)];
    play(false);
    look(at[1] > at[0] ? at : whole, from);
    byId("replay").scrollIntoView({ block: "start" });
    player.focus({ preventScroll: true });
  }

  // What is under the pointer, or was clicked.
  const note = document.createElement("div");
  note.className = "tip stage-tip";
  note.hidden = true;
  document.body.append(note);
  function describe(found) {
    if (found.kind === "task") {
      const { task } = course, state = task.state[found.row], service = data.services[task.service[found.row]];
      return [
        `${service[0]}/${task.slot[found.row]}`,
        `Is: ${TASK_IS[state >> 3]}`,
        `Believed: ${TASK_BELIEVED[state & 7]}`,
        since(task.since[found.row]),
        `On: ${hostName(task.host[found.row])}`,
      ];
    }
    const { host } = course, state = host.state[found.row];
    return [
      hostName(found.row),
      `Is: ${HOST_IS[state >> 3]}`,
      `Believed: ${HOST_BELIEVED[state & 7]}`,
      since(host.since[found.row]),
      `Type: ${data.groups[host.group[found.row]][1]}`,
      `Zone: ${data.zones[host.zone[found.row]]}`,
      `Tasks: ${[...course.task.state.keys()].filter(row => course.task.state[row] >= 0 && course.task.host[row] === found.row).length}`,
    ];
  }
  const hostName = row => `${data.groups[course.host.group[row]][0]} #${course.host.serial[row]}`;
  const since = ms => (ms <= data.began ? "Since before the record" : `Since ${moment(ms, true)}, for ${length(time - ms)}`);
  function tell() {
    const at = pinned ?? pointer;
    const found = at && stage.find(at.x, at.y);
    note.hidden = !found;
    if (!found) return;
    const lines = describe(found).map((text, place) => {
      const line = document.createElement(place ? "div" : "strong");
      line.textContent = text;
      return line;
    });
    note.replaceChildren(...lines);
    const box = canvas.getBoundingClientRect();
    const left = box.left + at.x + 14, top = box.top + at.y + 14;
    note.style.left = `${Math.min(left, innerWidth - note.offsetWidth - 8)}px`;
    note.style.top = `${top + note.offsetHeight > innerHeight ? box.top + at.y - note.offsetHeight - 10 : top}px`;
  }
  canvas.addEventListener("pointermove", event => { pointer = { x: event.offsetX, y: event.offsetY }; tell(); });
  canvas.addEventListener("pointerleave", () => { pointer = null; tell(); });
  canvas.addEventListener("click", event => {
    const at = { x: event.offsetX, y: event.offsetY };
    pinned = pinned || !stage.find(at.x, at.y) ? null : at;
    tell();
  });
  addEventListener("scroll", () => { if (!note.hidden) tell(); }, { passive: true });

  // Signs that are drawn as the picture draws them.
  function legend() {
    const signs = [
      ["healthy", 9], ["on its way", 0], ["works, not reached", 17], ["dead, nobody knows", 25],
      ["dead, check fails", 26], ["being stopped", 11],
    ];
    const items = signs.map(([text, state]) => {
      const sign = document.createElement("canvas"), ratio = devicePixelRatio || 1;
      sign.width = sign.height = Math.round(16 * ratio);
      const small = Object.create(stage, {
        context: { value: sign.getContext("2d") }, only: { value: -1 },
        at: { value: { ...stage.at, cell: 14 } }, cellOf: { value: () => [1, 1] },
        course: { value: { ...course, data, task: { state: [state], service: [0] } } },
      });
      small.context.setTransform(ratio, 0, 0, ratio, 0, 0);
      small.task(0);
      const item = document.createElement("span");
      item.className = "sign";
      item.append(sign, text);
      return item;
    });
    const boxes = [["instance", ""], ["starting", "starting"], ["draining, unheard", "doubt"], ["down, hung, cut off", "failed"]];
    for (const [text, kind] of boxes) {
      const item = document.createElement("span"), sign = document.createElement("i");
      item.className = "sign";
      sign.className = `box ${kind}`;
      item.append(sign, text);
      items.push(item);
    }
    const services = data.services.slice(0, 40).map((service, row) => {
      const button = document.createElement("button"), swatch = document.createElement("i");
      button.type = "button";
      button.className = "service";
      button.setAttribute("aria-pressed", String(stage.only === row));
      swatch.style.background = stage.colour(row);
      button.append(swatch, service[0]);
      button.addEventListener("click", () => { stage.only = stage.only === row ? -1 : row; legend(); show(); });
      return button;
    });
    const parts = [items, services].map(list => {
      const part = document.createElement("div");
      part.append(...list);
      return part;
    });
    byId("legend").replaceChildren(...parts);
  }

  // Keys work while the focus is in the player, and while it is nowhere and the player fills the window.
  function isMine(target) {
    if (player.contains(target)) return true;
    if (target !== document.body) return false;
    const box = player.getBoundingClientRect();
    return Math.min(box.bottom, innerHeight) - Math.max(box.top, 0) > 0.4 * innerHeight;
  }
  const KEYS = {
    " ": () => play(!playing),
    ArrowLeft: () => go(time - (view[1] - view[0]) / 200),
    ArrowRight: () => go(time + (view[1] - view[0]) / 200),
    PageUp: () => go(time - (view[1] - view[0]) / 10),
    PageDown: () => go(time + (view[1] - view[0]) / 10),
    Home: () => go(view[0]),
    End: () => go(view[1]),
    "+": () => faster(1),
    "=": () => faster(1),
    "-": () => faster(-1),
    ",": () => step(-1),
    ".": () => step(1),
    "[": () => failure(-1),
    "]": () => failure(1),
    "0": () => look(whole),
    "1": () => look(window, data.worst ?? window[0]),
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !isMine(event.target)) return;
    // A button is pressed with the space bar, as everywhere.
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    if (event.key !== " " && event.key !== "+" && event.key !== "=" && event.key !== "-") play(false);
    act();
  });

  byId("play").addEventListener("click", () => play(!playing));
  byId("slower").addEventListener("click", () => faster(-1));
  byId("faster").addEventListener("click", () => faster(1));
  byId("zoom-whole").addEventListener("click", () => look(whole));
  byId("zoom-worst").addEventListener("click", () => look(window, data.worst ?? window[0]));
  byId("zoom-worst").hidden = !hasWindow;
  byId("zoom-whole").hidden = !hasWindow && !data.marks.length;
  slider.addEventListener("input", () => { play(false); go(view[0] + (view[1] - view[0]) * Number(slider.value) / 1000); });
  const drag = event => {
    if (event.type === "pointermove" && !(event.buttons & 1)) return;
    play(false);
    const share = (event.offsetX - PAD) / (track.clientWidth - 2 * PAD);
    go(view[0] + (view[1] - view[0]) * Math.max(0, Math.min(1, share)));
  };
  track.addEventListener("pointerdown", event => { track.setPointerCapture(event.pointerId); drag(event); });
  track.addEventListener("pointermove", drag);
  byId("incident-list")?.tBodies[0].addEventListener("click", event => {
    const row = event.target.closest("tr");
    if (row && row.querySelector(".jump")) incident(Number(row.dataset.incident), 1000 * Number(row.cells[0].dataset.sort));
  });

  function fit() {
    stage.theme();
    stage.layout();
    legend();
    show();
  }
  // A draft of the layout for paper: its width is not known before it is printed.
  addEventListener("beforeprint", () => { document.documentElement.classList.add("paper"); fit(); });
  addEventListener("afterprint", () => { document.documentElement.classList.remove("paper"); fit(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", fit);
  let width = 0;
  new ResizeObserver(() => { if (player.clientWidth !== width) { width = player.clientWidth; fit(); } }).observe(player);
  chooseSpeed();
  told();
  fit();

  // For the console, and for tests in a browser.
  globalThis.longshore = {
    course, stage, go, look, view: () => view, time: () => time, isPlaying: () => playing, find: (x, y) => stage.find(x, y),
    // Milliseconds that a jump and a picture take on average, over moments spread over the run.
    measure(count) {
      const began = performance.now();
      for (let i = 0; i < count; i++) go(whole[0] + (whole[1] - whole[0]) * ((i * 0.618) % 1));
      // Reading a pixel waits until all is drawn.
      stage.context.getImageData(0, 0, 1, 1);
      return (performance.now() - began) / count;
    },
  };
})();
