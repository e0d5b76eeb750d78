"use strict";
// The recorded run: the state at any moment. Snapshots every so many changes make every moment equally near.
class Course {
  constructor(data) {
    this.data = data;
    // Numbers after each code.
    this.length = [1, 6, 2, 1, 6, 2, 1, 3, 1, 2];
    const list = data.changes;
    // Moments at which something changes, and where their changes begin and end.
    const times = [data.began], from = [0];
    let now = data.began, at = 0, tasks = 0, hosts = 0;
    const rows = numbers => {
      for (let i = 0; i < numbers.length; i += 1 + this.length[numbers[i]]) {
        if (numbers[i] >= 1 && numbers[i] <= 3) tasks = Math.max(tasks, numbers[i + 1] + 1);
        if (numbers[i] >= 4 && numbers[i] <= 6) hosts = Math.max(hosts, numbers[i + 1] + 1);
      }
    };
    rows(data.start);
    rows(list);
    for (; at < list.length; at += 1 + this.length[list[at]]) {
      if (list[at] === 0) {
        now += list[at + 1];
        times.push(now);
        from.push(at + 2);
      }
    }
    this.times = Float64Array.from(times);
    this.from = Int32Array.from([...from, list.length]);
    this.task = {
      service: new Int32Array(tasks), slot: new Int32Array(tasks), host: new Int32Array(tasks),
      place: new Int32Array(tasks), state: new Int32Array(tasks).fill(-1), since: new Float64Array(tasks),
    };
    this.host = {
      group: new Int32Array(hosts), zone: new Int32Array(hosts), place: new Int32Array(hosts),
      serial: new Int32Array(hosts), state: new Int32Array(hosts).fill(-1), since: new Float64Array(hosts),
    };
    this.service = { healthy: new Int32Array(data.services.length), desired: new Int32Array(data.services.length) };
    this.region = { bits: new Int32Array(1), zones: new Int32Array(data.zones.length) };
    this.tables = [this.task, this.host, this.service, this.region];
    // The most places that are ever taken, for a layout that never moves.
    this.places = { zones: new Int32Array(data.zones.length), host: 1 };
    this.apply(data.start, 0, data.start.length, data.began);
    this.index();
  }

  // One pass over all: snapshots, the number of missing tasks at each moment, places.
  index() {
    const every = Math.max(4000, 3 * (this.task.state.length + this.host.state.length));
    this.snapshots = [];
    this.missing = new Int32Array(this.times.length);
    let done = Infinity;
    for (this.moment = -1; this.moment + 1 < this.times.length;) {
      this.forward();
      done += this.from[this.moment + 1] - this.from[this.moment];
      this.missing[this.moment] = this.missingNow();
      if (done >= every) {
        const copies = this.tables.map(table => Object.values(table).map(column => column.slice()));
        this.snapshots.push({ moment: this.moment, copies });
        done = 0;
      }
    }
  }

  missingNow() {
    let sum = 0;
    for (let i = 0; i < this.service.healthy.length; i++) {
      if (!this.data.services[i][1]) sum += Math.max(0, this.service.desired[i] - this.service.healthy[i]);
    }
    return sum;
  }

  forward() {
    this.moment += 1;
    this.apply(this.data.changes, this.from[this.moment], this.from[this.moment + 1], this.times[this.moment]);
  }

  apply(list, at, end, now) {
    const { task, host, service, region } = this;
    while (at < end) {
      const code = list[at], row = list[at + 1];
      switch (code) {
        case 1:
          task.service[row] = list[at + 2];
          task.slot[row] = list[at + 3];
          task.host[row] = list[at + 4];
          task.place[row] = list[at + 5];
          task.state[row] = list[at + 6];
          task.since[row] = now;
          if (list[at + 5] >= this.places.host) this.places.host = list[at + 5] + 1;
          break;
        case 2: task.state[row] = list[at + 2]; task.since[row] = now; break;
        case 3: task.state[row] = -1; break;
        case 4:
          host.group[row] = list[at + 2];
          host.zone[row] = list[at + 3];
          host.place[row] = list[at + 4];
          host.serial[row] = list[at + 5];
          host.state[row] = list[at + 6];
          host.since[row] = now;
          if (list[at + 4] >= this.places.zones[list[at + 3]]) this.places.zones[list[at + 3]] = list[at + 4] + 1;
          break;
        case 5: host.state[row] = list[at + 2]; host.since[row] = now; break;
        case 6: host.state[row] = -1; break;
        case 7: service.healthy[row] = list[at + 2]; service.desired[row] = list[at + 3]; break;
        case 8: region.bits[0] = row; break;
        case 9: region.zones[row] = list[at + 2]; break;
      }
      at += 1 + this.length[code];
    }
  }

  // The last moment at or before a time.
  momentAt(time) {
    let low = 0, high = this.times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= time) low = middle; else high = middle - 1;
    }
    return low;
  }

  // Brings the state to a time.
  seek(time) {
    const goal = this.momentAt(time);
    let low = 0, high = this.snapshots.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.snapshots[middle].moment <= goal) low = middle; else high = middle - 1;
    }
    const near = this.snapshots[low];
    if (goal < this.moment || near.moment > this.moment) {
      this.tables.forEach((table, t) => Object.values(table).forEach((column, c) => column.set(near.copies[t][c])));
      this.moment = near.moment;
    }
    while (this.moment < goal) this.forward();
  }

  // Tasks that are healthy, by service, counted over the tasks themselves.
  healthyTasks() {
    const counts = new Array(this.data.services.length).fill(0);
    this.task.state.forEach((state, row) => { if (state >= 0 && state >> 3 === 1) counts[this.task.service[row]] += 1; });
    return counts;
  }
}
