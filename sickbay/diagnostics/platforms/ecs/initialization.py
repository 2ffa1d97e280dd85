"""What a task's resources lacked before its containers started: the classes of ResourceInitializationError."""

import re

from msgspec import Struct

_ARN = re.compile(r"arn:aws[\w-]*:[^\s\"',]+")


class Lack(Struct, frozen=True, kw_only=True):
    """A class: how to know it, the end of a sentence on it, and what to do."""

    form: str
    says: str
    cure: str


#: What ECS's agent and Fargate write; the first that fits.
_LACKS: tuple[Lack, ...] = (
    Lack(
        form=r"is not authorized to perform|AccessDenied|not authorized",
        says="its execution role may not do what that takes",
        cure="Add the action that is denied to the execution role, for that resource.",
    ),
    Lack(
        form=r"The specified log group|log group does not exist",
        says="its log group is not there",
        cure="Create the log group, or let the execution role do it (logs:CreateLogGroup, awslogs-create-group).",
    ),
    Lack(
        form=r"(?:invalid character|retrieved secret from Secrets Manager did not contain json key|unmarshal)",
        says="a secret does not hold the key that the definition names",
        cure="Correct the key in valueFrom, or the secret's JSON.",
    ),
    Lack(
        form=r"ResourceNotFoundException|ParameterNotFound|can't find the specified secret|invalid (?:ssm )?parameters",
        says="a secret or parameter that it names is not there",
        cure="Correct valueFrom in the task definition (region, account, name), or create the secret.",
    ),
    Lack(
        form=r"InvalidParameter\b|ValidationException|invalid ARN|\bunexpected ARN",
        says="a secret or parameter is not named as it must be",
        cure="Correct valueFrom in the task definition: the whole ARN, and after it the JSON key, stage and version.",
    ),
    Lack(
        form=r"Decrypt|KMS|AccessDeniedException.*kms",
        says="a secret cannot be decrypted",
        cure="Let the execution role use the key: kms:Decrypt.",
    ),
    Lack(
        form=r"env(?:ironment)? files?|failed to download env",
        says="its environment files could not be had from S3",
        cure="Let the execution role read them (s3:GetObject, s3:GetBucketLocation); check their ARNs, the way to S3.",
    ),
    Lack(
        form=r"EFS|efs utils|mount\.nfs|file ?system",
        says="its EFS file system could not be mounted",
        cure="Allow 2049/tcp from the task's security group to the mount targets, one in each zone, and check the "
        "access point, the file system policy and DNS of the VPC.",
    ),
    Lack(
        form=r"\bEBS\b|volume",
        says="its volume could not be attached",
        cure="Check the infrastructure role of the service, the volume's configuration and the quota for volumes.",
    ),
    Lack(
        form=r"not have enough free addresses|InsufficientFreeAddresses|free addresses",
        says="its subnet has no free addresses",
        cure="Use larger or more subnets.",
    ),
    Lack(
        form=r"\bENI\b|network interface",
        says="its network interface could not be set up",
        cure="Check the free addresses of the subnets, the quota for network interfaces and the service-linked role.",
    ),
    Lack(
        form=r"no such host|lookup .*(?:no such|timeout|server misbehaving)",
        says="a name could not be resolved",
        cure="Switch on DNS support and DNS host names of the VPC, or correct its DHCP options.",
    ),
    Lack(
        form=r"i/o timeout|context deadline|request canceled|RequestError: send request failed|connection issue"
        r"|RequestCanceled|timed? ?out|connect: connection refused|signal: killed",
        says="AWS's services are not reached from its subnet",
        cure="Give the subnet a NAT gateway or endpoints (ecr.api, ecr.dkr, s3, secretsmanager, ssm, logs), or the "
        "task a public address; and let its security group go out on 443.",
    ),
    Lack(
        form=r"failed to (?:create|validate|initialize).*log",
        says="its log cannot be written",
        cure="Correct the options of its log driver, and let the execution role write to the log group.",
    ),
)
_WHAT: tuple[tuple[str, str], ...] = (
    (r"registry auth from asm", "the registry's login"),
    (r"secrets? from asm|secretsmanager|from (?:AWS )?Secrets Manager", "a secret"),
    (r"from ssm|ssm parameters?|GetParameters", "a parameter"),
    (r"ecr registry auth|ecr:GetAuthorizationToken", "its login to ECR"),
    (r"logger|logging driver|log group|log stream", "its log"),
)


def lack_of(error: str) -> Lack | None:
    """Give the class of the error, or nothing."""
    return next((lack for lack in _LACKS if re.search(lack.form, error, re.IGNORECASE)), None)


def what_of(error: str) -> str:
    """Give what was being set up, with the ARN where one is named: ` (a secret, arn:…)`, or nothing."""
    kind = next((what for form, what in _WHAT if re.search(form, error, re.IGNORECASE)), "")
    named = [arn for arn in _ARN.findall(error) if ":assumed-role/" not in arn and ":role/" not in arn]
    parts = [kind, named[0].rstrip(".:") if named else ""]
    told = ", ".join(part for part in parts if part)
    return f" ({told})" if told else ""
