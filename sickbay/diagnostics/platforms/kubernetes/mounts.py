"""Why a volume cannot be attached or mounted, in the words of the kubelet, the attach controller and CSI drivers."""

from sickbay.diagnostics.platforms.kubernetes.messages import Form

#: The first form that fits, the telling before the vague.
FORMS = (
    Form(
        r"secret \"([^\"]+)\" not found",
        "its volume's secret {0} does not exist",
        "Create the secret {0}, or correct its name in the pod; the kubelet tries again by itself.",
    ),
    Form(
        r"configmap \"([^\"]+)\" not found",
        "its volume's configmap {0} does not exist",
        "Create the configmap {0}, or correct its name in the pod; the kubelet tries again by itself.",
    ),
    Form(
        r"references non-existent (?:secret|config) key:? ?(\S+)",
        "its volume wants key {0}, which its secret or configmap has not",
        "Add the key {0}, or correct the volume's items.",
    ),
    Form(
        r"Multi-Attach|already exclusively attached|already used by pod|is being used by",
        "its volume is still attached to another node",
        "Wait until the other pod is gone and the volume detached; a volume of ReadWriteOnce serves one node: with a "
        "Deployment use strategy Recreate.",
    ),
    Form(
        r"driver name (\S+) not found",
        "its node does not run the CSI driver {0}",
        "Get the DaemonSet of {0} running on that node.",
    ),
    Form(
        r"hostPath type check failed: (\S+)",
        "the path {0} is not on its node, or is of another type",
        "Make {0} on every node that may run the pod, or correct hostPath and its type.",
    ),
    Form(
        r"path \"([^\"]+)\" does not exist", "the path {0} is not on its node", "Make {0} there, or correct the volume."
    ),
    Form(
        r"access denied by server|Permission denied|PermissionDenied|UnauthorizedOperation|AuthorizationFailed",
        "the storage refuses access",
        "Give the node or the CSI driver the right to use the volume: exports of NFS, roles of the cloud.",
    ),
    Form(
        r"wrong fs type|bad superblock|structure needs cleaning|fsck",
        "its file system cannot be mounted",
        "Check the volume's file system type, and repair it (fsck) from a safe copy.",
    ),
    Form(
        r"not found|NotFound|does not exist|no such (?:file|host)",
        "what it should mount does not exist",
        "Correct the volume: the message names what is not there.",
    ),
    Form(
        r"Connection (?:timed out|refused)|No route to host|host is down|i/o timeout",
        "the storage does not answer",
        "Check the storage server and the network between it and the node.",
    ),
    Form(
        r"failed to sync (secret|configmap) cache",
        "the kubelet cannot read its {0} in time",
        "See whether the node reaches the API server, and whether that is overloaded.",
    ),
    Form(
        r"timed out waiting|timeout expired|DeadlineExceeded|deadline exceeded",
        "attaching or mounting its volume takes too long",
        "See the VolumeAttachment and the CSI driver's pods, and the storage's own limits.",
    ),
)
