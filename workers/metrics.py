"""What a worker counts for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

JOBS = Counter("sickbay_jobs", "Diagnoses ended, by platform and outcome.", ["platform", "outcome"])
SECONDS = Histogram(
    "sickbay_diagnosis_seconds", "How long a diagnosis took.", ["platform"], buckets=(0.5, 1, 2, 5, 10, 20, 40, 60, 120)
)
RUNNING = Gauge("sickbay_diagnoses_running", "Diagnoses under way in this worker.")
