"""Every operation of AWS that a diagnosis makes: the IAM policy under deploy/aws allows these and no more."""

from enum import StrEnum

#: Services whose actions IAM names otherwise than boto3 names their client.
_PREFIXES = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing", "service-quotas": "servicequotas"}


class Operation(StrEnum):
    """An operation as `client:Operation`, both as boto3 names them. All of them read."""

    CLUSTERS = "ecs:ListClusters"
    CLUSTER = "ecs:DescribeClusters"
    SERVICE_NAMES = "ecs:ListServices"
    SERVICES = "ecs:DescribeServices"
    TASK_NAMES = "ecs:ListTasks"
    TASKS = "ecs:DescribeTasks"
    INSTANCE_NAMES = "ecs:ListContainerInstances"
    INSTANCES = "ecs:DescribeContainerInstances"
    DEFINITION = "ecs:DescribeTaskDefinition"
    PROVIDERS = "ecs:DescribeCapacityProviders"
    DEPLOYMENT_NAMES = "ecs:ListServiceDeployments"
    DEPLOYMENTS = "ecs:DescribeServiceDeployments"
    REVISIONS = "ecs:DescribeServiceRevisions"
    TARGET_GROUPS = "elbv2:DescribeTargetGroups"
    TARGET_HEALTH = "elbv2:DescribeTargetHealth"
    INSTANCE_HEALTH = "elb:DescribeInstanceHealth"
    METRICS = "cloudwatch:GetMetricData"
    SCALING = "application-autoscaling:DescribeScalingActivities"
    SCALING_GROUPS = "autoscaling:DescribeAutoScalingGroups"
    GROUP_ACTIVITIES = "autoscaling:DescribeScalingActivities"
    LOG = "logs:GetLogEvents"
    IMAGE = "ecr:DescribeImages"
    LIFECYCLE = "ecr:GetLifecyclePolicy"
    REPOSITORY_POLICY = "ecr:GetRepositoryPolicy"
    QUOTAS = "service-quotas:ListServiceQuotas"
    TRAIL = "cloudtrail:LookupEvents"
    STACK = "cloudformation:DescribeStacks"
    STACK_EVENTS = "cloudformation:DescribeStackEvents"
    SECURITY_GROUPS = "ec2:DescribeSecurityGroups"

    @property
    def client(self) -> str:
        """Give the boto3 client that has it."""
        return self.value.partition(":")[0]

    @property
    def name_of_call(self) -> str:
        """Give `ecs DescribeServices`, as evidence and gaps name it."""
        return self.value.replace(":", " ")

    @property
    def action(self) -> str:
        """Give the action of an IAM policy that allows it."""
        client, _, operation = self.value.partition(":")
        return f"{_PREFIXES.get(client, client)}:{operation}"
