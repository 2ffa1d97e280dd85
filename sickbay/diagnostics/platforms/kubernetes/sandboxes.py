"""Why a pod's sandbox cannot be made, in the words of CNI plugins and container runtimes."""

from sickbay.diagnostics.platforms.kubernetes.messages import Form

PLUGIN = "See the CNI's pod on that node and its log (kubectl get pods -A -o wide), and restart it if it is stuck."
#: The first form that fits, the telling before the vague.
FORMS = (
    Form(
        r"no IP addresses available|failed to allocate for range|failed to assign an IP|no more IPs|pool exhausted"
        r"|no available IP|ip addresses? (?:are )?exhausted|InsufficientFreeAddresses",
        "no IP address is left for it (IPAM)",
        "Free addresses or enlarge the pool: pods that ended may still hold theirs; a larger pod CIDR or subnet lasts.",
    ),
    Form(
        r"pod ?cidr not assigned|subnet\.env: no such file",
        "its node has no range of pod addresses",
        "Give the node a podCIDR (controller manager, or the CNI's own configuration).",
    ),
    Form(
        r"failed to find plugin \"([^\"]+)\"", "the CNI plugin {0} is not on the node", "Install {0} in /opt/cni/bin."
    ),
    Form(r"cni (?:plugin not initialized|config uninitialized)|no networks found", "the node has no CNI yet", PLUGIN),
    Form(
        r"is unauthorized|Unauthorized",
        "the CNI's credentials are refused by the API server",
        "Restart the CNI's pod on that node: it takes new credentials when it starts.",
    ),
    Form(
        r"failed to (?:get|pull) (?:sandbox )?image|pulling image \"?\S*pause",
        "the image of its sandbox (pause) cannot be pulled",
        "Load the pause image onto the node, or let the node's container runtime use a registry that it reaches.",
    ),
    Form(
        r"no runtime for \"([^\"]+)\"",
        "its node has no runtime {0}",
        "Configure {0} there, or correct runtimeClassName.",
    ),
    Form(r"port is already allocated|address already in use", "its host port is taken", "Free the hostPort."),
    Form(r"no space left on device", "the node's disk is full", "Free space on the node."),
    Form(
        r"dial (?:tcp|unix).*(?:refused|no such file|timeout)", "the CNI's daemon on its node does not answer", PLUGIN
    ),
    Form(r"plugin type=\"([^\"]+)\"|NetworkPlugin (\S+)", "its network cannot be set up by the CNI", PLUGIN),
    Form(
        r"context deadline exceeded|DeadlineExceeded|failed to reserve sandbox name",
        "the node's container runtime does not make its sandbox in time",
        "Look at the node's disk and container runtime: they are slow or stuck.",
    ),
)
