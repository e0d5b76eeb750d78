//! Examples worked out by hand, each explained in words, met by the engine second for second.

mod delays;
mod explained;
mod explained_pods;
mod instances;
mod kubernetes;
mod no_effect;
mod placement;
mod pulls;
mod scaling;
mod sketch;
mod task_life;
