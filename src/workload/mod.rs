//! How demand arrives. Services want a number of tasks, which may change at set times; batches of standalone tasks arrive
//! over time.

pub mod run_task;
pub mod scheduled_count;
