//! The legend of a map, at its foot: services, states of tasks, states of instances.

use crate::metrics::snapshot::{InstanceState, Snapshot, TaskState};
use crate::report::words;

use super::super::palette::Ink;
use super::super::scene::{Area, HEIGHT, MARGIN, Scene, Type, WIDTH};
use super::look::{CPU, INSTANCE_STATES, Look, MEMORY, Sign, TASK_STATES, instance, task};

const KIND: Type = Type::new(18.0, Ink::TEXT);
/// The side of a square in the legend.
const SIDE: i32 = 18;
/// The height of a line.
const LINE: i32 = 28;
/// The most lines for services.
const MOST_LINES: i32 = 3;
/// The widest that the name of a service gets: the first where all fit into the lines.
const WIDEST: [i32; 2] = [800, 300];

/// Something in the legend.
enum Entry {
    Service(Sign, String),
    Task(TaskState, &'static str),
    Instance(InstanceState),
    Bar(Ink, &'static str),
    Words(String),
}

impl Entry {
    fn text(&self) -> &str {
        match self {
            Entry::Service(_, text) | Entry::Words(text) => text,
            Entry::Task(_, text) | Entry::Bar(_, text) => text,
            Entry::Instance(state) => instance(*state).0,
        }
    }

    fn width(&self) -> i32 {
        let sign = if matches!(self, Entry::Words(_)) { 0 } else { SIDE + 8 };
        sign + KIND.width(self.text()) + 26
    }

    fn draw(&self, scene: &mut Scene, x: i32, y: i32) {
        let area = Area::new(x, y - SIDE + 3, x + SIDE, y + 3);
        let indent = match self {
            Entry::Service(sign, _) => {
                task(scene, area, *sign, TaskState::Serving);
                SIDE + 8
            }
            Entry::Task(state, _) => {
                task(scene, area, Sign::OTHER, *state);
                SIDE + 8
            }
            Entry::Instance(state) => {
                let (_, ground, outline) = instance(*state);
                scene.fill(area, ground);
                scene.frame(area, 2, outline);
                SIDE + 8
            }
            Entry::Bar(ink, _) => {
                scene.fill(Area::new(x, y - 9, x + SIDE, y - 1), *ink);
                SIDE + 8
            }
            Entry::Words(_) => 0,
        };
        let ink = if indent == 0 { Ink::FAINT } else { Ink::TEXT };
        scene.text(self.text(), x + indent, y, Type { ink, ..KIND });
    }
}

/// The services with tasks on this map; those without a sign of their own are one entry.
fn services(look: &Look, snapshot: &Snapshot, widest: i32) -> Vec<Entry> {
    let mut present: Vec<usize> = snapshot.instances.iter().flat_map(|of| &of.tasks).map(|task| task.service).collect();
    present.sort_unstable();
    present.dedup();
    let (own, other): (Vec<usize>, Vec<usize>) =
        present.into_iter().partition(|service| look.sign(*service) != Sign::OTHER);
    let name = |service: usize| {
        let name = snapshot.services.get(service).map_or_else(String::new, |name| words::clean(name));
        let name = if name.trim().is_empty() { "(no name)".to_owned() } else { name };
        super::super::font::fit(&name, KIND.size, false, f64::from(widest))
    };
    let mut entries: Vec<Entry> =
        own.into_iter().map(|service| Entry::Service(look.sign(service), name(service))).collect();
    if !other.is_empty() {
        entries.push(Entry::Service(Sign::OTHER, words::plural(other.len() as u64, "other service")));
    }
    entries
}

/// Breaks entries into lines.
fn lines(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut lines = vec![Vec::new()];
    let mut x = 0;
    for entry in entries {
        if x > 0 && x + entry.width() > WIDTH - 2 * MARGIN {
            lines.push(Vec::new());
            x = 0;
        }
        x += entry.width();
        if let Some(line) = lines.last_mut() {
            line.push(entry);
        }
    }
    lines
}

/// Draws the legend and gives the height above which there is room. A map that is `counted` has no boxes to explain.
pub(super) fn draw(scene: &mut Scene, look: &Look, snapshot: &Snapshot, counted: bool) -> i32 {
    let of_width = |widest: i32| lines(services(look, snapshot, widest));
    let [wide, narrow] = WIDEST.map(of_width);
    let mut all = if wide.len() <= MOST_LINES as usize { wide } else { narrow };
    let left_out: usize = all.iter().skip(MOST_LINES as usize).map(Vec::len).sum();
    all.truncate(MOST_LINES as usize);
    if left_out > 0
        && let Some(line) = all.last_mut()
    {
        let dropped = line.pop().is_some() as usize;
        line.push(Entry::Words(format!("… and {} more", left_out + dropped)));
    }
    let has_task = |state| snapshot.instances.iter().flat_map(|of| &of.tasks).any(|task| task.state == state);
    let has_instance = |state| snapshot.instances.iter().any(|of| of.state == state);
    let mut states = vec![Entry::Words("Task:".into())];
    states.extend(TASK_STATES.iter().filter(|of| has_task(of.0)).map(|(state, text)| Entry::Task(*state, text)));
    states.push(Entry::Words("Instance:".into()));
    states.extend(INSTANCE_STATES.into_iter().filter(|state| has_instance(*state)).map(Entry::Instance));
    if !counted {
        states.push(Entry::Words("Reserved:".into()));
        states.extend([Entry::Bar(CPU, "CPU"), Entry::Bar(MEMORY, "memory")]);
    }
    all.extend(lines(states));
    let top = HEIGHT - 28 - LINE * (all.len() as i32 - 1);
    for (n, line) in all.iter().enumerate() {
        let mut x = MARGIN;
        for entry in line {
            entry.draw(scene, x, top + n as i32 * LINE);
            x += entry.width();
        }
    }
    top - LINE - 6
}
