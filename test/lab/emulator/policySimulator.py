"""IAM's policy simulator for the lab's AWS. OURS: moto 5.2.1 has no SimulatePrincipalPolicy.

What is here proves our code against our reading of the API, not against AWS: inline policies alone, no boundary, no
organisation; operators Null, Bool, String*, Arn*. IAM API reference, SimulatePrincipalPolicy, read 2026-11-29.
"""

import json
from fnmatch import fnmatchcase

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse


def as_list(value):
    return value if isinstance(value, list) else [value]


def holds(operator, wanted, given):
    if operator == "Null":
        return (given is None) == (as_list(wanted)[0] == "true")
    if given is None:
        return False
    matches = any(fnmatchcase(value, str(pattern)) for pattern in as_list(wanted) for value in given)
    return not matches if "Not" in operator else matches


def concerns(statement, action, resource, context):
    conditions = [
        holds(operator.split(":")[-1], wanted, context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    ]
    return (
        any(fnmatchcase(action, pattern) for pattern in as_list(statement.get("Action", [])))
        and any(fnmatchcase(resource, pattern) for pattern in as_list(statement.get("Resource", "*")))
        and all(conditions)
    )


def document_of(self, role, name):
    """CloudFormation of moto stores a dict, PutRolePolicy its text."""
    document = self.backend.get_role_policy(role, name)[1]
    return document if isinstance(document, dict) else json.loads(document)


def get_role_policy(self):
    """As JSON: moto answers with the text of a Python dict where CloudFormation made the policy."""
    role, name = self._get_param("RoleName"), self._get_param("PolicyName")
    text = json.dumps(document_of(self, role, name))
    return ActionResult({"RoleName": role, "PolicyName": name, "PolicyDocument": text})


def simulate_principal_policy(self):
    role = self._get_param("PolicySourceArn").split("/")[-1]
    entries = self._get_param("ContextEntries", [])
    context = {one["ContextKeyName"]: as_list(one["ContextKeyValues"]) for one in entries}
    documents = [document_of(self, role, name) for name in self.backend.list_role_policies(role)]
    statements = [one for document in documents for one in as_list(document["Statement"])]
    results = []
    for action in self._get_param("ActionNames", []):
        for resource in self._get_param("ResourceArns", []) or ["*"]:
            effects = {one["Effect"] for one in statements if concerns(one, action, resource, context)}
            decision = "explicitDeny" if "Deny" in effects else "allowed" if effects else "implicitDeny"
            results.append({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision})
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


IamResponse.get_role_policy = get_role_policy
IamResponse.simulate_principal_policy = simulate_principal_policy
