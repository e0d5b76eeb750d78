//! All of a pod but its requests, and the classes that it divides the nodes into: nodes of one class get the same word from every
//! filter but that of room, and the same raw score from every plugin that normalises.

use std::collections::HashMap;

use super::axis::{Axis, Effect, Effects, Role};
use super::hash::QuickMap;
use super::keys::{Keys, NO_DOMAIN};
use super::log::{Change, Log};
use crate::placement::kubernetes::filter::node as filters;
use crate::placement::kubernetes::reason::Reason;
use crate::placement::kubernetes::score::{images, node_affinity, pod_affinity, taints};
use crate::placement::kubernetes::snapshot::template::Template;
use crate::placement::kubernetes::snapshot::term::{Constraint, has_all};
use crate::placement::kubernetes::snapshot::{NodeIndex, Snapshot, TemplateId};
use crate::world::kubernetes::HOSTNAME_LABEL;

/// In [`Shape::class_of`]: the row holds no node.
pub const NO_CLASS: u32 = u32::MAX;

/// What a node is to the pod, whatever pods are on it but for their ports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Static {
    /// Why it is rejected.
    pub rejected: Option<Reason>,
    /// Raw score of `TaintToleration`.
    pub taints: i32,
    /// Raw score of `NodeAffinity`.
    pub preferred: i32,
    /// Score of `ImageLocality`.
    pub images: i32,
    /// Whether spreading scores it.
    pub spread: bool,
}

/// A class of nodes.
#[derive(Clone, Debug)]
pub struct Class {
    /// What its nodes are.
    pub fixed: u32,
    /// By axis: the domain, or where every domain is one node the amount.
    pub values: Box<[i32]>,
    /// Its nodes.
    pub nodes: u32,
}

/// The classes of one shape.
#[derive(Debug)]
pub struct Shape {
    /// A template of this shape.
    pub pod: TemplateId,
    /// What is counted by domain.
    pub axes: Vec<Axis>,
    /// What nodes are to the pod.
    pub fixed: Vec<Static>,
    /// Classes, those without nodes among them.
    pub classes: Vec<Class>,
    /// The class of each node.
    pub class_of: Vec<u32>,
    /// Changes when classes get new numbers.
    pub generation: u64,
    effects: Effects,
    fixed_of: Vec<u32>,
    fixed_numbers: HashMap<Static, u32>,
    class_numbers: QuickMap<Box<[i32]>, u32>,
    scratch: Vec<i32>,
    cursor: Option<u64>,
    flips: u64,
    images: u64,
}

impl Shape {
    /// The shape of a pod.
    pub fn new(snapshot: &Snapshot, keys: &mut Keys, pod: TemplateId) -> Shape {
        let mut shape = Shape {
            pod,
            axes: Vec::new(),
            fixed: Vec::new(),
            classes: Vec::new(),
            class_of: Vec::new(),
            generation: 0,
            effects: Effects::default(),
            fixed_of: Vec::new(),
            fixed_numbers: HashMap::new(),
            class_numbers: QuickMap::default(),
            scratch: Vec::new(),
            cursor: None,
            flips: 0,
            images: 0,
        };
        let template = &snapshot.templates[pod];
        for (number, constraint) in template.hard.iter().enumerate() {
            shape.axes.push(Axis::new(Role::Hard(number), keys.intern(&constraint.key, snapshot), false));
        }
        for (number, constraint) in template.soft.iter().enumerate() {
            let host = constraint.key == HOSTNAME_LABEL;
            shape.axes.push(Axis::new(Role::Soft(number), keys.intern(&constraint.key, snapshot), host));
        }
        for term in &template.affinity.required {
            shape.axis(Role::Affinity, keys.intern(&term.key, snapshot));
        }
        shape
    }

    /// The axis of a role and a label, a new one where there is none.
    fn axis(&mut self, role: Role, key: usize) -> usize {
        if let Some(known) = self.axes.iter().position(|axis| axis.role == role && axis.key == key) {
            return known;
        }
        self.axes.push(Axis::new(role, key, false));
        self.cursor = None;
        self.axes.len() - 1
    }

    /// What pods of templates that are new mean to the pod.
    fn learn(&mut self, snapshot: &Snapshot, keys: &mut Keys) {
        let pod = &snapshot.templates[self.pod];
        let objects = &snapshot.objects;
        for number in self.effects.0.len()..snapshot.templates.len() {
            let other = &snapshot.templates[TemplateId(number as u32)];
            let mut effects: Vec<Effect> = Vec::new();
            let mut add = |axis: usize, amount: i32| match effects.iter_mut().find(|effect| effect.axis == axis) {
                Some(effect) => {
                    effect.amount += amount;
                    effect.matches += 1;
                }
                None => effects.push(Effect { axis, amount, matches: 1 }),
            };
            for (place, axis) in self.axes.iter().enumerate() {
                let counted = match axis.role {
                    Role::Hard(constraint) => pod.hard[constraint].counts(other),
                    Role::Soft(constraint) => pod.soft[constraint].counts(other),
                    Role::Affinity => pod.affinity.required.iter().all(|term| term.covers(other, objects)),
                    Role::Anti | Role::Existing | Role::Score => false,
                };
                if counted {
                    add(place, 1);
                }
            }
            for term in pod.anti_affinity.required.iter().filter(|term| term.covers(other, objects)) {
                add(self.axis(Role::Anti, keys.intern(&term.key, snapshot)), 1);
            }
            for term in other.anti_affinity.required.iter().filter(|term| term.covers(pod, objects)) {
                add(self.axis(Role::Existing, keys.intern(&term.key, snapshot)), 1);
            }
            if !pod_affinity::left_out(snapshot, pod) {
                for (weight, term) in pod_affinity::terms_between(snapshot, pod, other) {
                    add(self.axis(Role::Score, keys.intern(&term.key, snapshot)), weight as i32);
                }
            }
            self.effects.0.push(effects);
        }
    }

    /// Catches up. `images` is a number that changes with what images are where.
    pub fn refresh(&mut self, snapshot: &Snapshot, keys: &mut Keys, log: &Log, images: u64) {
        self.learn(snapshot, keys);
        let flips = self.axes.iter().map(|axis| keys.0[axis.key].flips).sum();
        let crowded = self.classes.len() > 4 * snapshot.live() + 64;
        let changes = self.cursor.and_then(|cursor| log.since(cursor));
        match changes {
            Some(changes) if flips == self.flips && images == self.images && !crowded => {
                self.make_room(snapshot, keys);
                for change in changes {
                    self.follow(snapshot, keys, change);
                }
            }
            _ => self.rebuild(snapshot, keys),
        }
        self.cursor = Some(log.head());
        self.flips = flips;
        self.images = images;
    }

    fn make_room(&mut self, snapshot: &Snapshot, keys: &Keys) {
        let nodes = snapshot.nodes.len();
        for axis in &mut self.axes {
            axis.make_room(keys, nodes);
        }
        self.fixed_of.resize(nodes, 0);
        self.class_of.resize(nodes, NO_CLASS);
    }

    fn rebuild(&mut self, snapshot: &Snapshot, keys: &Keys) {
        self.generation += 1;
        self.fixed.clear();
        self.fixed_numbers.clear();
        self.classes.clear();
        self.class_numbers.clear();
        self.class_of.clear();
        for axis in &mut self.axes {
            axis.clear(keys, snapshot.nodes.len());
        }
        self.make_room(snapshot, keys);
        for (template, effects) in snapshot.templates.ids().zip(&self.effects.0).filter(|(_, e)| !e.is_empty()) {
            for row in snapshot.by_template[template].iter().map(|key| &snapshot.pods[*key]) {
                for effect in effects {
                    let axis = &mut self.axes[effect.axis];
                    if !(axis.lasting && row.terminating) {
                        axis.add(row.node.0 as usize, effect.amount, effect.matches);
                    }
                }
            }
        }
        for node in snapshot.nodes.ids() {
            self.look_at(snapshot, keys, node);
        }
    }

    fn follow(&mut self, snapshot: &Snapshot, keys: &Keys, change: &Change) {
        if change.template.is_none() {
            return self.look_at(snapshot, keys, change.node);
        }
        let node = change.node.0 as usize;
        let mut moved = false;
        for effect in self.effects.of(change.template) {
            let axis = &mut self.axes[effect.axis];
            let times = i32::from(if axis.lasting { change.lasting } else { change.pods });
            if times != 0 {
                axis.add(node, effect.amount * times, effect.matches * times);
                moved |= axis.per_node;
            }
        }
        let ports = |template: TemplateId| !snapshot.templates[template].ports.is_empty();
        if ports(self.pod) && ports(change.template) {
            self.look_at(snapshot, keys, change.node);
        } else if moved && snapshot.nodes[change.node].live {
            self.classify(keys, node);
        }
    }

    /// Looks at all that a node is to the pod.
    fn look_at(&mut self, snapshot: &Snapshot, keys: &Keys, node: NodeIndex) {
        let place = node.0 as usize;
        let row = &snapshot.nodes[node];
        if !row.live {
            for axis in &mut self.axes {
                axis.count_in(place, NO_DOMAIN);
            }
            return self.set_class(place, NO_CLASS);
        }
        let pod = &snapshot.templates[self.pod];
        let facts = &*row.facts;
        let counts = |constraint: &Constraint, all: &[Constraint], needs_all: bool| {
            (!needs_all || has_all(&facts.labels, all)) && pod.counts_node(constraint, facts, None)
        };
        for axis in &mut self.axes {
            let counted = match axis.role {
                Role::Hard(number) => counts(&pod.hard[number], &pod.hard, true),
                Role::Soft(number) => !axis.host && counts(&pod.soft[number], &pod.soft, pod.needs_all_keys),
                Role::Affinity | Role::Anti | Role::Existing | Role::Score => true,
            };
            axis.count_in(place, if counted { keys.0[axis.key].domain[place] } else { NO_DOMAIN });
        }
        let rejection = filters::unschedulable(pod, facts)
            .or_else(|| filters::name(pod, facts))
            .or_else(|| filters::taints(pod, facts))
            .or_else(|| filters::affinity(pod, facts, None))
            .or_else(|| filters::ports(pod, &row.usage));
        let found = Static {
            rejected: rejection.and_then(|rejection| rejection.reasons.into_iter().next()),
            taints: taints::raw(pod, facts) as i32,
            preferred: node_affinity::raw(pod, facts) as i32,
            images: images::score(snapshot, pod, &row.images) as i32,
            spread: spread_scores(pod, &facts.labels),
        };
        self.fixed_of[place] = self.number_of(found);
        self.classify(keys, place);
    }

    fn number_of(&mut self, found: Static) -> u32 {
        // Most nodes are like the first.
        if self.fixed.first() == Some(&found) {
            return 0;
        }
        let next = self.fixed.len() as u32;
        let number = *self.fixed_numbers.entry(found.clone()).or_insert(next);
        if number == next {
            self.fixed.push(found);
        }
        number
    }

    fn classify(&mut self, keys: &Keys, node: usize) {
        self.scratch.clear();
        self.scratch.push(self.fixed_of[node] as i32);
        for axis in &self.axes {
            self.scratch.push(axis.value(node, keys.0[axis.key].domain[node]));
        }
        let class = match self.class_numbers.get(&self.scratch[..]) {
            Some(class) => *class,
            None => {
                let class = self.classes.len() as u32;
                let values = self.scratch[1..].into();
                self.classes.push(Class { fixed: self.fixed_of[node], values, nodes: 0 });
                self.class_numbers.insert(self.scratch[..].into(), class);
                class
            }
        };
        self.set_class(node, class);
    }

    fn set_class(&mut self, node: usize, class: u32) {
        let old = std::mem::replace(&mut self.class_of[node], class);
        if old != NO_CLASS {
            self.classes[old as usize].nodes -= 1;
        }
        if class != NO_CLASS {
            self.classes[class as usize].nodes += 1;
        }
    }
}

fn spread_scores(pod: &Template, labels: &crate::world::kubernetes::Labels) -> bool {
    !pod.needs_all_keys || has_all(labels, &pod.soft)
}
