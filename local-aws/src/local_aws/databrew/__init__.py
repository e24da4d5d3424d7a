"""DataBrew: datasets, rulesets, recipes, and jobs that run for real on the local AWS's engine.

`operations` is the table, with a module for each kind of resource. `runs` starts and ends runs of
jobs, `work` is what one does: `relation` opens its dataset as a relation of DuckDB, `profile`
counts it, `rules` judges it, `recipe` changes it, `output` writes what came of it.
"""
