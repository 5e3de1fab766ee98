package main

import (
	"strings"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	appsinformers "k8s.io/client-go/informers/apps/v1"
	autoscalinginformers "k8s.io/client-go/informers/autoscaling/v2"
)

func deployments(informer appsinformers.DeploymentInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(deployment *apps.Deployment) {
			of := []string{"namespace", deployment.Namespace, "deployment", deployment.Name}
			status := deployment.Status
			emit("kube_deployment_created", float64(deployment.CreationTimestamp.Unix()), of...)
			emit("kube_deployment_labels", 1, append(of, labelPairs(deployment.Labels)...)...)
			emit("kube_deployment_metadata_generation", float64(deployment.Generation), of...)
			emit("kube_deployment_spec_replicas", count(deployment.Spec.Replicas), of...)
			emit("kube_deployment_spec_paused", number(deployment.Spec.Paused), of...)
			emit("kube_deployment_status_observed_generation", float64(status.ObservedGeneration), of...)
			emit("kube_deployment_status_replicas", float64(status.Replicas), of...)
			emit("kube_deployment_status_replicas_available", float64(status.AvailableReplicas), of...)
			emit("kube_deployment_status_replicas_ready", float64(status.ReadyReplicas), of...)
			emit("kube_deployment_status_replicas_unavailable", float64(status.UnavailableReplicas), of...)
			emit("kube_deployment_status_replicas_updated", float64(status.UpdatedReplicas), of...)
			for _, condition := range status.Conditions {
				for _, value := range []core.ConditionStatus{core.ConditionTrue, core.ConditionFalse, core.ConditionUnknown} {
					emit("kube_deployment_status_condition", number(condition.Status == value), append(of,
						"condition", string(condition.Type), "status", strings.ToLower(string(value)),
						"reason", condition.Reason)...)
				}
			}
		})
	}
}

func replicaSets(informer appsinformers.ReplicaSetInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(set *apps.ReplicaSet) {
			of := []string{"namespace", set.Namespace, "replicaset", set.Name}
			for _, owner := range set.OwnerReferences {
				emit("kube_replicaset_owner", 1, append(of, "owner_kind", owner.Kind, "owner_name", owner.Name)...)
			}
		})
	}
}

func statefulSets(informer appsinformers.StatefulSetInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(set *apps.StatefulSet) {
			of := []string{"namespace", set.Namespace, "statefulset", set.Name}
			emit("kube_statefulset_replicas", count(set.Spec.Replicas), of...)
			emit("kube_statefulset_status_replicas", float64(set.Status.Replicas), of...)
			emit("kube_statefulset_status_replicas_ready", float64(set.Status.ReadyReplicas), of...)
			emit("kube_statefulset_status_replicas_updated", float64(set.Status.UpdatedReplicas), of...)
		})
	}
}

func daemonSets(informer appsinformers.DaemonSetInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(set *apps.DaemonSet) {
			of := []string{"namespace", set.Namespace, "daemonset", set.Name}
			emit("kube_daemonset_status_desired_number_scheduled", float64(set.Status.DesiredNumberScheduled), of...)
			emit("kube_daemonset_status_number_available", float64(set.Status.NumberAvailable), of...)
			emit("kube_daemonset_status_number_ready", float64(set.Status.NumberReady), of...)
			emit("kube_daemonset_status_number_unavailable", float64(set.Status.NumberUnavailable), of...)
		})
	}
}

func autoscalers(informer autoscalinginformers.HorizontalPodAutoscalerInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(autoscaler *autoscaling.HorizontalPodAutoscaler) {
			of := []string{"namespace", autoscaler.Namespace, "horizontalpodautoscaler", autoscaler.Name}
			emit("kube_horizontalpodautoscaler_spec_min_replicas", count(autoscaler.Spec.MinReplicas), of...)
			emit("kube_horizontalpodautoscaler_spec_max_replicas", float64(autoscaler.Spec.MaxReplicas), of...)
			emit("kube_horizontalpodautoscaler_status_current_replicas", float64(autoscaler.Status.CurrentReplicas), of...)
			emit("kube_horizontalpodautoscaler_status_desired_replicas", float64(autoscaler.Status.DesiredReplicas), of...)
		})
	}
}
