"""What a worker and a recorder count for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

JOBS = Counter("sickbay_jobs", "Diagnoses ended, by platform and outcome.", ["platform", "outcome"])
SECONDS = Histogram(
    "sickbay_diagnosis_seconds", "How long a diagnosis took.", ["platform"], buckets=(0.5, 1, 2, 5, 10, 20, 40, 60, 120)
)
RUNNING = Gauge("sickbay_diagnoses_running", "Diagnoses under way in this worker.")
RECORDED = Counter("sickbay_recorded_events", "Events that a recorder wrote down, by target.", ["target"])
LOSSES = Counter("sickbay_recorder_losses", "Times in which something may have happened unseen, by target.", ["target"])
RECORDED_UNTIL = Gauge(
    "sickbay_recorded_until_seconds", "Until when a target is recorded, in seconds since 1970.", ["target"]
)
