//! Pods that are pending at the end, and whether that is as the scheduler would have it.

use longshore::placement::Placer;
use longshore::placement::kubernetes::KubePlacer;
use longshore::placement::policy::TieBreak;
use longshore::scenario::Plan;
use longshore::world::command::Order;
use longshore::world::kubernetes::WorkloadKind;
use longshore::world::{InstanceId, ServiceId, World, ZoneId};

/// A scheduler that decides by the rule as it is written and has seen the cluster as it is now, and nothing of how it came
/// to be so.
fn scheduler(plan: &Plan, world: &World) -> Option<KubePlacer> {
    let of = plan.kubernetes.as_ref()?;
    let mut placer = KubePlacer::new(&world.fleet, &of.profile, TieBreak::First, true);
    for (instance, _) in world.live_instances() {
        placer.instance_changed(world, instance);
        for task in world.tasks_on(instance) {
            placer.task_placed(world, task);
            if world.tasks[task].stopping {
                placer.task_stopping(world, task);
            }
        }
    }
    Some(placer)
}

/// Whether a workload is short of pods only because the scheduler finds no node for those that are missing: its filters leave
/// none, whether for want of room or by a rule such as a hard topologySpreadConstraint whose emptiest zone is full. A pod that
/// has a node and is not ready is never excused.
pub fn excused(plan: &Plan, world: &World, service: usize) -> bool {
    let Some(mut placer) = scheduler(plan, world) else { return false };
    let service = ServiceId(service as u32);
    let Some(workload) = world.fleet.kubernetes.as_deref().map(|of| &of.workloads[service]) else { return false };
    let slots = world.services[service].slots.iter().zip(0..).filter(|(slot, _)| slot.wanted);
    let (pending, placed): (Vec<_>, Vec<_>) = slots.partition(|(slot, _)| slot.tasks == 0);
    if placed.iter().any(|(slot, _)| slot.up == 0) {
        return false;
    }
    let mut refused = |order: Order| placer.choose(world, &order).is_err();
    let mut no_node = |slot: u32| match workload.kind {
        WorkloadKind::DaemonSet => refused(Order { pin: InstanceId(slot), ..Order::anywhere(service, slot) }),
        // Which zone its volume lies in, if it has one yet, is not for the world to know.
        WorkloadKind::StatefulSet { volumes: true, .. } => {
            refused(Order::anywhere(service, slot))
                || world.fleet.zones.ids().any(|zone: ZoneId| refused(Order { zone, ..Order::anywhere(service, slot) }))
        }
        _ => refused(Order::anywhere(service, slot)),
    };
    match workload.kind {
        // In order: those after the first that is missing are not created before it is ready.
        WorkloadKind::StatefulSet { parallel: false, .. } => pending.first().is_some_and(|(_, slot)| no_node(*slot)),
        _ => !pending.is_empty() && pending.iter().all(|(_, slot)| no_node(*slot)),
    }
}

/// Eight vCPU a node, less what the kubelet keeps: seven pods of one vCPU. Five of another Deployment are bound to zone b with
/// its only node, so that two of `web` have room there, and by a hard maxSkew of 1 three in zone a, where nodes are all but
/// empty. The sixth is pending for the rule's sake; without the rule it would have a node.
#[test]
fn a_pod_may_be_pending_for_a_rule() {
    let text = |unsatisfiable: &str| {
        let manifest = |name: &str, replicas: u32, pod: &str| {
            format!(
                "  - apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: {name}}}
    spec:
      replicas: {replicas}
      selector: {{matchLabels: {{app: {name}}}}}
      template:
        metadata: {{labels: {{app: {name}}}}}
        spec:
{pod}
          containers: [{{name: main, image: \"{name}:1\", resources: {{requests: {{cpu: \"1\"}}}}}}]
"
            )
        };
        let spread = format!(
            "          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: {unsatisfiable}
              labelSelector: {{matchLabels: {{app: web}}}}"
        );
        format!(
            "name: pending
duration: 1h
tieBreak: first
orchestrator: kubernetes
zones: [a, b]
capacity:
  - {{name: nodes, instanceType: {{vcpu: 8, memory: 16GiB}}, maxPods: 20, count: 3}}
manifests:
{}{}",
            manifest("filler", 5, "          nodeSelector: {topology.kubernetes.io/zone: b}"),
            manifest("web", 6, &spread)
        )
    };
    let found = |unsatisfiable: &str| {
        let plan = match longshore::scenario::load_text(&text(unsatisfiable), std::path::Path::new(".")) {
            Ok(loaded) => loaded.plan,
            Err(refused) => panic!("{}", refused.problems.render(&refused.sources)),
        };
        let engine = longshore::engine::build(&plan, longshore::engine::Setup::default());
        let up = |service: u32| engine.world.services[ServiceId(service)].serving;
        ([up(0), up(1)], [excused(&plan, &engine.world, 0), excused(&plan, &engine.world, 1)])
    };
    assert_eq!(found("DoNotSchedule"), ([5, 5], [false, true]));
    // Nothing is pending, so nothing is excused.
    assert_eq!(found("ScheduleAnyway"), ([5, 6], [false, false]));
}
