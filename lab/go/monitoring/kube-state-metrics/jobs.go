package main

import (
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	informers "k8s.io/client-go/informers/batch/v1"
)

func jobs(informer informers.JobInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(job *batch.Job) {
			named := []string{"namespace", job.Namespace, "job_name", job.Name}
			emit("kube_job_info", 1, named...)
			emit("kube_job_created", float64(job.CreationTimestamp.Unix()), named...)
			emit("kube_job_labels", 1, append(named, labelPairs(job.Labels)...)...)
			for _, owner := range job.OwnerReferences {
				emit("kube_job_owner", 1, append(named, "owner_kind", owner.Kind, "owner_name", owner.Name)...)
			}
			emit("kube_job_status_active", float64(job.Status.Active), named...)
			emit("kube_job_status_succeeded", float64(job.Status.Succeeded), named...)
			emitTime(emit, "kube_job_status_start_time", job.Status.StartTime, named)
			emitTime(emit, "kube_job_status_completion_time", job.Status.CompletionTime, named)
			reason := ""
			for _, condition := range job.Status.Conditions {
				ended(emit, condition, named)
				if condition.Type == batch.JobFailed && condition.Status == core.ConditionTrue {
					reason = condition.Reason
				}
			}
			if job.Status.Failed == 0 && reason == "" {
				emit("kube_job_status_failed", 0, append(named, "reason", "")...)
			}
			if reason != "" {
				emit("kube_job_status_failed", 1, append(named, "reason", reason)...)
			} else if job.Status.Failed > 0 {
				emit("kube_job_status_failed", float64(job.Status.Failed), append(named, "reason", "")...)
			}
		})
	}
}

// ended emits whether a Job has completed or failed: three series, of which one is 1.
func ended(emit emitter, condition batch.JobCondition, named []string) {
	names := map[batch.JobConditionType]string{batch.JobComplete: "kube_job_complete", batch.JobFailed: "kube_job_failed"}
	name, known := names[condition.Type]
	if !known {
		return
	}
	for _, status := range []struct {
		status core.ConditionStatus
		label  string
	}{{core.ConditionTrue, "true"}, {core.ConditionFalse, "false"}, {core.ConditionUnknown, "unknown"}} {
		emit(name, number(condition.Status == status.status), append(named, "condition", status.label)...)
	}
}

func emitTime(emit emitter, name string, at *meta.Time, of []string) {
	if at != nil {
		emit(name, float64(at.Unix()), of...)
	}
}

func cronJobs(informer informers.CronJobInformer) source {
	cache := informer.Lister()
	return func(emit emitter) {
		each(cache, func(job *batch.CronJob) {
			of := []string{"namespace", job.Namespace, "cronjob", job.Name}
			emit("kube_cronjob_info", 1, append(of, "schedule", job.Spec.Schedule,
				"concurrency_policy", string(job.Spec.ConcurrencyPolicy))...)
			emit("kube_cronjob_created", float64(job.CreationTimestamp.Unix()), of...)
			emit("kube_cronjob_labels", 1, append(of, labelPairs(job.Labels)...)...)
			emit("kube_cronjob_spec_suspend", number(job.Spec.Suspend != nil && *job.Spec.Suspend), of...)
			emit("kube_cronjob_status_active", float64(len(job.Status.Active)), of...)
			emitTime(emit, "kube_cronjob_status_last_schedule_time", job.Status.LastScheduleTime, of)
			emitTime(emit, "kube_cronjob_status_last_successful_time", job.Status.LastSuccessfulTime, of)
		})
	}
}
