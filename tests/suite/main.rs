//! The one test suite: each module is an angle.

mod browser;
mod cli;
mod compare;
mod experiment;
mod golden_kubernetes;
mod html;
mod layers;
mod manifests;
mod readme;
mod recount;
mod registries;
mod scenarios;
mod schemas;
mod search;
mod swarm;
mod theory;
mod worked;
