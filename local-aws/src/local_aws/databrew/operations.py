"""Every operation of DataBrew's API that the local AWS has, and the function that answers it.

Any other operation (projects and their sessions, schedules) is refused by name.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from local_aws.databrew import datasets, jobs, recipes, rulesets, tags
from local_aws.databrew.runs import Runs
from local_aws.databrew.store import Document, Store
from local_aws.protocol.service import Operation
from local_aws.tenant import Tenant


class DataBrew(NamedTuple):
    """What the operations work on: what is remembered, and what runs."""

    store: Store
    runs: Runs


DEFINITIONS: dict[str, Callable[[Store, Tenant, Document], Document]] = {
    "BatchDeleteRecipeVersion": recipes.batch_delete,
    "CreateDataset": datasets.create,
    "CreateProfileJob": jobs.create_profile,
    "CreateRecipe": recipes.create,
    "CreateRecipeJob": jobs.create_recipe,
    "CreateRuleset": rulesets.create,
    "DeleteDataset": datasets.delete,
    "DeleteJob": jobs.delete,
    "DeleteRecipeVersion": recipes.delete_version,
    "DeleteRuleset": rulesets.delete,
    "DescribeDataset": datasets.describe,
    "DescribeJob": jobs.describe,
    "DescribeRecipe": recipes.describe,
    "DescribeRuleset": rulesets.describe,
    "ListDatasets": datasets.list_all,
    "ListJobs": jobs.list_all,
    "ListRecipeVersions": recipes.list_versions,
    "ListRecipes": recipes.list_all,
    "ListRulesets": rulesets.list_all,
    "ListTagsForResource": tags.list_all,
    "PublishRecipe": recipes.publish,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "UpdateDataset": datasets.update,
    "UpdateProfileJob": jobs.update_profile,
    "UpdateRecipe": recipes.update,
    "UpdateRecipeJob": jobs.update_recipe,
    "UpdateRuleset": rulesets.update,
}

RUNS: dict[str, Callable[[Runs, Tenant, Document], Document]] = {
    "DescribeJobRun": Runs.describe,
    "ListJobRuns": Runs.list_all,
    "StartJobRun": Runs.start,
    "StopJobRun": Runs.stop,
}


def _of_store(function: Callable[[Store, Tenant, Document], Document]) -> Operation[DataBrew]:
    return lambda state, tenant, given: function(state.store, tenant, given)


def _of_runs(function: Callable[[Runs, Tenant, Document], Document]) -> Operation[DataBrew]:
    return lambda state, tenant, given: function(state.runs, tenant, given)


OPERATIONS: Mapping[str, Operation[DataBrew]] = {
    **{name: _of_store(function) for name, function in DEFINITIONS.items()},
    **{name: _of_runs(function) for name, function in RUNS.items()},
}
