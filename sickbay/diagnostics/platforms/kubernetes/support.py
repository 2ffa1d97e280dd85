"""Until when releases of Kubernetes get fixes, and which parts of the API later ones no longer serve."""

from collections.abc import Mapping
from datetime import date

#: Minor version of Kubernetes 1: the day of its last fix. kubernetes.io (data/releases: eol.yaml, schedule.yaml), read
#: in November 2026; before 1.19 the project's release pages.
RELEASES: Mapping[int, date] = {
    16: date(2020, 9, 2), 17: date(2021, 1, 13), 18: date(2021, 6, 18), 19: date(2021, 10, 28), 20: date(2022, 2, 28),
    21: date(2022, 6, 28), 22: date(2022, 12, 8), 23: date(2023, 2, 28), 24: date(2023, 7, 28), 25: date(2023, 10, 28),
    26: date(2024, 2, 28), 27: date(2024, 7, 16), 28: date(2024, 10, 22), 29: date(2025, 2, 28), 30: date(2025, 7, 15),
    31: date(2025, 11, 11), 32: date(2026, 2, 28), 33: date(2026, 6, 28), 34: date(2026, 10, 27), 35: date(2027, 2, 28),
}  # fmt: skip
#: Versions of the API as an APIService names them: the minor version that no longer serves them. Kubernetes' Deprecated
#: API Migration Guide, read in November 2026.
REMOVED: Mapping[str, int] = {
    "v1beta1.extensions": 22, "v1beta1.admissionregistration.k8s.io": 22, "v1beta1.apiextensions.k8s.io": 22,
    "v1beta1.apiregistration.k8s.io": 22, "v1beta1.authentication.k8s.io": 22, "v1beta1.authorization.k8s.io": 22,
    "v1beta1.certificates.k8s.io": 22, "v1beta1.coordination.k8s.io": 22, "v1beta1.networking.k8s.io": 22,
    "v1beta1.rbac.authorization.k8s.io": 22, "v1beta1.scheduling.k8s.io": 22, "v1beta1.batch": 25,
    "v1beta1.discovery.k8s.io": 25, "v1beta1.events.k8s.io": 25, "v2beta1.autoscaling": 25, "v1beta1.policy": 25,
    "v1beta1.node.k8s.io": 25, "v1beta1.flowcontrol.apiserver.k8s.io": 26, "v2beta2.autoscaling": 26,
    "v1beta1.storage.k8s.io": 27, "v1beta2.flowcontrol.apiserver.k8s.io": 29,
    "v1beta3.flowcontrol.apiserver.k8s.io": 32,
}  # fmt: skip
