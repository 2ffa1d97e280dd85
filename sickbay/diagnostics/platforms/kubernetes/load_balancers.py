"""Why a service of type LoadBalancer has no address, in the words of the clouds' controllers."""

from sickbay.diagnostics.platforms.kubernetes.messages import Form, told
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event

_FORMS = (
    Form(
        r"quota|limit ?exceeded|TooManyLoadBalancers",
        "a quota of the cloud is used up",
        "Raise the cloud's quota, or delete load balancers that nobody uses.",
    ),
    Form(
        r"AccessDenied|Unauthorized|not authorized|AuthorizationFailed|forbidden|permission",
        "the cluster may not make one",
        "Give the cluster's cloud identity the permission that the message names.",
    ),
    Form(
        r"subnet|no available (?:ip|address)",
        "no subnet fits",
        "Give the cluster a subnet with free addresses, and the tags that its cloud controller looks for.",
    ),
)
_REFUSED = ("the cloud refuses", "Read what the cloud answered, and correct it there.")
_NOBODY = (
    "no controller has answered for it",
    "Install a controller that makes load balancers (the cloud's, MetalLB), or use NodePort or an ingress.",
)


def reason(event: Event | None) -> tuple[str, str]:
    """Give why the address is missing, and what to do, by the last event of the controller, where there is one."""
    if event is None:
        return _NOBODY
    return told(_FORMS, event.message) or _REFUSED
