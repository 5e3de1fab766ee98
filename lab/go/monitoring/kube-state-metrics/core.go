package main

import (
	"strings"

	core "k8s.io/api/core/v1"
	informers "k8s.io/client-go/informers/core/v1"
)

var phases = []core.PodPhase{core.PodPending, core.PodSucceeded, core.PodFailed, core.PodUnknown, core.PodRunning}

func pods(informer informers.PodInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(pod *core.Pod) {
			of := []string{"namespace", pod.Namespace, "pod", pod.Name, "uid", string(pod.UID)}
			kind, owner := "", ""
			for _, reference := range pod.OwnerReferences {
				if reference.Controller != nil && *reference.Controller {
					kind, owner = reference.Kind, reference.Name
				}
			}
			emit("kube_pod_info", 1, append(of, "node", pod.Spec.NodeName, "host_ip", pod.Status.HostIP,
				"pod_ip", pod.Status.PodIP, "created_by_kind", kind, "created_by_name", owner)...)
			emit("kube_pod_owner", 1, append(of, "owner_kind", kind, "owner_name", owner)...)
			emit("kube_pod_created", float64(pod.CreationTimestamp.Unix()), of...)
			emit("kube_pod_labels", 1, append(of, labelPairs(pod.Labels)...)...)
			for _, phase := range phases {
				emit("kube_pod_status_phase", number(pod.Status.Phase == phase), append(of, "phase", string(phase))...)
			}
			ready := core.ConditionUnknown
			for _, condition := range pod.Status.Conditions {
				if condition.Type == core.PodReady {
					ready = condition.Status
				}
			}
			for _, status := range []core.ConditionStatus{core.ConditionTrue, core.ConditionFalse, core.ConditionUnknown} {
				emit("kube_pod_status_ready", number(ready == status),
					append(of, "condition", strings.ToLower(string(status)))...)
			}
			for _, container := range pod.Status.ContainerStatuses {
				containerStatus(emit, container, append(of, "container", container.Name))
			}
			for _, container := range pod.Spec.Containers {
				resources(emit, container, append(of, "container", container.Name, "node", pod.Spec.NodeName))
			}
		})
	}
}

func containerStatus(emit emitter, container core.ContainerStatus, of []string) {
	emit("kube_pod_container_status_restarts_total", float64(container.RestartCount), of...)
	emit("kube_pod_container_status_ready", number(container.Ready), of...)
	emit("kube_pod_container_status_running", number(container.State.Running != nil), of...)
	emit("kube_pod_container_info", 1, append(of, "image", container.Image, "image_id", container.ImageID,
		"container_id", container.ContainerID)...)
	if waiting := container.State.Waiting; waiting != nil {
		emit("kube_pod_container_status_waiting_reason", 1, append(of, "reason", waiting.Reason)...)
	}
	if terminated := container.State.Terminated; terminated != nil {
		emit("kube_pod_container_status_terminated_reason", 1, append(of, "reason", terminated.Reason)...)
	}
	if last := container.LastTerminationState.Terminated; last != nil {
		emit("kube_pod_container_status_last_terminated_reason", 1, append(of, "reason", last.Reason)...)
	}
}

func resources(emit emitter, container core.Container, of []string) {
	for name, list := range map[string]core.ResourceList{
		"kube_pod_container_resource_requests": container.Resources.Requests,
		"kube_pod_container_resource_limits":   container.Resources.Limits,
	} {
		for resource, quantity := range list {
			unit := "byte"
			if resource == core.ResourceCPU {
				unit = "core"
			}
			emit(name, quantity.AsApproximateFloat64(), append(of, "resource", string(resource), "unit", unit)...)
		}
	}
}

func nodes(informer informers.NodeInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(node *core.Node) {
			emit("kube_node_info", 1, "node", node.Name, "kubelet_version", node.Status.NodeInfo.KubeletVersion)
			for _, condition := range node.Status.Conditions {
				for _, status := range []core.ConditionStatus{core.ConditionTrue, core.ConditionFalse, core.ConditionUnknown} {
					emit("kube_node_status_condition", number(condition.Status == status), "node", node.Name,
						"condition", string(condition.Type), "status", strings.ToLower(string(status)))
				}
			}
			for resource, quantity := range node.Status.Allocatable {
				emit("kube_node_status_allocatable", quantity.AsApproximateFloat64(), "node", node.Name,
					"resource", string(resource))
			}
		})
	}
}

var claimPhases = []core.PersistentVolumeClaimPhase{core.ClaimLost, core.ClaimBound, core.ClaimPending}

func volumes(informer informers.PersistentVolumeClaimInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(claim *core.PersistentVolumeClaim) {
			of := []string{"namespace", claim.Namespace, "persistentvolumeclaim", claim.Name}
			class := ""
			if claim.Spec.StorageClassName != nil {
				class = *claim.Spec.StorageClassName
			}
			emit("kube_persistentvolumeclaim_info", 1, append(of, "storageclass", class, "volumename", claim.Spec.VolumeName)...)
			for _, phase := range claimPhases {
				emit("kube_persistentvolumeclaim_status_phase", number(claim.Status.Phase == phase),
					append(of, "phase", string(phase))...)
			}
			size := claim.Spec.Resources.Requests[core.ResourceStorage]
			emit("kube_persistentvolumeclaim_resource_requests_storage_bytes", size.AsApproximateFloat64(), of...)
		})
	}
}
