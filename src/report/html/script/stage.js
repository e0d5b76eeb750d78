"use strict";
// The picture: zones as columns, instances as boxes, tasks as cells.
const TASK_IS = ["not started yet", "serves, and users reach it", "works, and no user reaches it", "does not serve"];
const TASK_BELIEVED = ["starting", "running and well", "failing its checks", "being stopped"];
const HOST_IS = ["launching", "works", "hangs", "down", "cut off from the network", "ended"];
const HOST_BELIEVED = ["not known yet, or no more", "takes tasks", "not heard from", "being drained", "impaired"];

class Stage {
  constructor(canvas, course) {
    this.canvas = canvas;
    this.course = course;
    this.context = canvas.getContext("2d");
    this.only = -1;
    this.theme();
  }

  // Colours of the page; black and white text as the canvas is drawn, not as the page is styled.
  theme() {
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();
    this.ink = {};
    for (const name of ["text", "quiet", "ground", "panel", "line", "dead", "bad", "bad-ground", "warn"]) {
      this.ink[name] = colour(`--${name}`);
    }
  }

  colour(service) {
    const set = this.course.data.colours;
    return set[service % set.length];
  }

  // The largest cells with which everything is in view.
  layout() {
    const { data, places } = this.course;
    const width = Math.max(280, this.canvas.parentElement.clientWidth);
    const wanted = Math.max(320, Math.min(innerHeight * 0.72, 900));
    const across = Math.min(data.zones.length, Math.max(1, Math.floor(width / 170))) || 1;
    const gap = 14, zoneWidth = Math.floor((width - gap * (across - 1)) / across);
    let found;
    for (let cell = 24; cell >= 2; cell--) {
      const between = cell > 5 ? 2 : 1, pad = cell > 5 ? 4 : 2;
      let columns = Math.max(1, Math.min(places.host, Math.ceil(Math.sqrt(places.host * 1.7))));
      while (columns > 1 && columns * (cell + between) + 2 * pad > zoneWidth) columns--;
      const rows = Math.ceil(places.host / columns);
      const head = cell >= 11 ? 15 : 0;
      const boxWidth = Math.max(columns * (cell + between) - between + 2 * pad, head ? 58 : 0);
      const boxHeight = rows * (cell + between) - between + 2 * pad + head;
      const boxGap = cell > 5 ? 6 : 3;
      const perRow = Math.max(1, Math.floor((zoneWidth + boxGap) / (boxWidth + boxGap)));
      const tops = [];
      let top = 0, tallest = 0;
      data.zones.forEach((_, zone) => {
        if (zone % across === 0 && zone > 0) { top += tallest + gap; tallest = 0; }
        tops.push(top);
        tallest = Math.max(tallest, 44 + Math.ceil(places.zones[zone] / perRow) * (boxHeight + boxGap));
      });
      const height = top + tallest;
      found = { width, height, cell, between, pad, columns, rows, head, boxWidth, boxHeight, boxGap, perRow, across, gap, zoneWidth, tops };
      if (height <= wanted && boxWidth <= zoneWidth) break;
    }
    this.at = found;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(found.width * ratio);
    this.canvas.height = Math.round(found.height * ratio);
    this.canvas.style.width = `${found.width}px`;
    this.canvas.style.height = `${found.height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  zoneLeft(zone) {
    return (zone % this.at.across) * (this.at.zoneWidth + this.at.gap);
  }

  boxOf(host) {
    const { at } = this, { zone, place } = this.course.host;
    const x = this.zoneLeft(zone[host]) + (place[host] % at.perRow) * (at.boxWidth + at.boxGap);
    const y = at.tops[zone[host]] + 44 + Math.floor(place[host] / at.perRow) * (at.boxHeight + at.boxGap);
    return [x, y];
  }

  cellOf(task) {
    const { at } = this, [x, y] = this.boxOf(this.course.task.host[task]);
    const place = this.course.task.place[task], step = at.cell + at.between;
    return [x + at.pad + (place % at.columns) * step, y + at.head + at.pad + Math.floor(place / at.columns) * step];
  }

  draw() {
    const { context, at, ink, course } = this, { task, host, data, region } = course;
    context.clearRect(0, 0, at.width, at.height);
    const working = new Int32Array(data.zones.length), all = new Int32Array(data.zones.length);
    const healthy = new Int32Array(data.zones.length);
    for (let row = 0; row < host.state.length; row++) {
      if (host.state[row] < 0) continue;
      const is = host.state[row] >> 3;
      if (is !== 5) all[host.zone[row]] += 1;
      if (is === 1) working[host.zone[row]] += 1;
      this.host(row);
    }
    for (let row = 0; row < task.state.length; row++) {
      if (task.state[row] < 0) continue;
      if (task.state[row] >> 3 === 1) healthy[host.zone[task.host[row]]] += 1;
      this.task(row);
    }
    data.zones.forEach((name, zone) => {
      const x = this.zoneLeft(zone), y = at.tops[zone];
      context.textAlign = "left";
      context.fillStyle = ink.text;
      context.font = "600 14px system-ui, sans-serif";
      this.write(name, x, y + 16, at.zoneWidth);
      context.font = "12px system-ui, sans-serif";
      const fail = region.zones[zone] ? " · launches fail" : "";
      context.fillStyle = fail || working[zone] < all[zone] ? ink.bad : ink.quiet;
      this.write(`${working[zone]} of ${all[zone]} instances work, ${healthy[zone]} tasks healthy${fail}`, x, y + 33, at.zoneWidth);
    });
  }

  // Text that is cut where it does not fit.
  write(text, x, y, room) {
    const { context } = this;
    if (context.measureText(text).width > room) {
      let most = text.length;
      while (most > 1 && context.measureText(text.slice(0, most) + "…").width > room) most -= 1;
      text = text.slice(0, most) + "…";
    }
    context.fillText(text, x, y);
  }

  host(row) {
    const { context, at, ink, course } = this;
    const state = course.host.state[row], is = state >> 3, believed = state & 7;
    const [x, y] = this.boxOf(row);
    const failed = is >= 2, starting = is === 0 || (is === 1 && believed === 0);
    context.fillStyle = failed ? ink["bad-ground"] : ink.panel;
    context.fillRect(x, y, at.boxWidth, at.boxHeight);
    const wide = failed || believed >= 2 ? 2 : 1;
    context.lineWidth = wide;
    context.strokeStyle = failed ? ink.bad : believed >= 2 ? ink.warn : ink.line;
    context.setLineDash(starting ? [3, 3] : !failed && believed >= 2 ? [6, 3] : []);
    context.strokeRect(x + wide / 2, y + wide / 2, at.boxWidth - wide, at.boxHeight - wide);
    context.setLineDash([]);
    if (at.head) {
      const words = [["launching", "", "hangs", "down", "cut off", "ended"][is], is === 1 ? ["starting", "", "unheard", "draining", "impaired"][believed] : ""];
      context.font = "10px system-ui, sans-serif";
      context.textAlign = "left";
      context.fillStyle = failed ? ink.bad : ink.quiet;
      this.write(`#${course.host.serial[row]} ${words.join("")}`, x + 4, y + 11, at.boxWidth - 6);
    }
  }

  task(row) {
    const { context, at, ink, course } = this, { cell } = at;
    const state = course.task.state[row], is = state >> 3, believed = state & 7;
    const service = course.task.service[row];
    const [x, y] = this.cellOf(row);
    const colour = this.colour(service);
    context.globalAlpha = this.only >= 0 && this.only !== service ? 0.15 : 1;
    if (is === 1) {
      context.fillStyle = colour;
      context.fillRect(x, y, cell, cell);
    } else if (is === 3) {
      context.fillStyle = ink.dead;
      context.fillRect(x, y, cell, cell);
      if (cell >= 6) {
        context.strokeStyle = colour;
        context.lineWidth = Math.max(1.5, cell / 8);
        const edge = cell * 0.25;
        context.beginPath();
        context.moveTo(x + edge, y + edge);
        context.lineTo(x + cell - edge, y + cell - edge);
        context.moveTo(x + cell - edge, y + edge);
        context.lineTo(x + edge, y + cell - edge);
        context.stroke();
      }
    } else {
      const line = Math.max(1, Math.round(cell / 9));
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.strokeRect(x + line / 2, y + line / 2, cell - line, cell - line);
      if (is === 2) {
        context.fillStyle = colour;
        context.fillRect(x, y + cell / 2, cell, cell / 2);
      }
    }
    if (believed === 3 && cell >= 4) {
      // Being stopped: a corner is cut off.
      context.fillStyle = ink.panel;
      context.beginPath();
      context.moveTo(x + cell, y);
      context.lineTo(x + cell, y + cell * 0.6);
      context.lineTo(x + cell * 0.4, y);
      context.fill();
    } else if (believed === 2 && cell >= 5) {
      // Known to fail its checks: a dot.
      context.fillStyle = ink.warn;
      context.beginPath();
      context.arc(x + cell / 2, y + cell / 2, cell / 5, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  // What is at a point: a task, else an instance.
  find(x, y) {
    const { task, host } = this.course, { at } = this;
    for (let row = 0; row < task.state.length; row++) {
      if (task.state[row] < 0) continue;
      const [left, top] = this.cellOf(row);
      if (x >= left - 1 && x <= left + at.cell + 1 && y >= top - 1 && y <= top + at.cell + 1) return { kind: "task", row };
    }
    for (let row = 0; row < host.state.length; row++) {
      if (host.state[row] < 0) continue;
      const [left, top] = this.boxOf(row);
      if (x >= left && x <= left + at.boxWidth && y >= top && y <= top + at.boxHeight) return { kind: "host", row };
    }
    return null;
  }
}
