SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --jobs=2  # the connector is built beside the set-up and the lint
unexport PYTHONDONTWRITEBYTECODE  # each process would compile pandas and all else anew: seconds

PY := .venv/bin/python
INSTALLED := .venv/.installed
PORT ?= 4566
PARAMS ?= params/demo.yaml
STAGE ?= dev
STATE ?=
EMAIL ?=
LINK ?=
DATA ?=
AGAIN ?=
FAN_OUT ?=
APPLICATION ?= yes
DASHBOARDS ?=
$(foreach asked,DATA AGAIN FAN_OUT APPLICATION DASHBOARDS,$(if $(filter-out yes no,$($(asked))),$(error $(asked) is yes or no, not $($(asked)))))
RAW ?= data/demo.csv
EXPORT = $(PY) -m flink_notes export flink_notebooks/01_bot_detection.ipynb --quiet
RUN ?= $(or $(lastword $(sort $(wildcard runs/*-$(basename $(notdir $(PARAMS)))))),runs/dashboard)
DEPLOY = $(PY) -m helpers.deploy --stage "$(STAGE)" --params "$(PARAMS)"
LOCAL_AWS := $(PY) -m local_aws
NBCONVERT = .venv/bin/jupyter nbconvert --to notebook --execute --inplace --log-level WARN \
	--ExecutePreprocessor.record_timing=False --CoalesceStreamsPreprocessor.enabled=True
ICEBERG_LAKE = $(DEPLOY) --quiet && .venv/bin/papermill --log-level ERROR --no-progress-bar notebooks/10_ingest.ipynb /dev/null -p table_format iceberg
CONNECTOR := connector/target/kinesis-table-connector.jar

.PHONY: help setup demo lab run as-of dashboard bench notebooks lint unit test record-athena aws connector deploy destroy redrive clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## install everything into .venv (done by every other target)

$(INSTALLED): pyproject.toml local-aws/pyproject.toml requirements.lock
	python3.11 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.lock)"
	.venv/bin/uv pip sync --quiet --python $(PY) requirements.lock
	.venv/bin/uv pip install --quiet --python $(PY) --no-deps --editable . --editable local-aws
	touch $@

demo: $(INSTALLED) connector $(filter data/%,$(RAW)) ## the whole job on a fresh local AWS: raw file to report and alerts (RAW=path of a .csv, .csv.gz or .zip)
	rm -rf .local_aws/demo
	$(LOCAL_AWS) --port 0 --data .local_aws/demo --iam -- $(PY) -m helpers.run params/demo.yaml --deploy --live --set "raw=$(RAW)"

run: $(INSTALLED) $(if $(filter params/demo.yaml,$(PARAMS)),data/demo.csv) ## the batch notebooks against AWS_ENDPOINT_URL, or AWS (PARAMS=params/october.yaml, DASHBOARDS=yes publishes the dashboard in QuickSight)
	$(PY) -m helpers.run "$(PARAMS)" $(if $(filter yes,$(DASHBOARDS)),--dashboards)

as-of: $(INSTALLED) ## the questions asked of an Iceberg lake as it was (STATE=the snapshot in a report, or a day such as 2026-11-22; PARAMS=…)
	$(PY) -m helpers.run_as_of "$(PARAMS)" "$(STATE)"

dashboard: $(INSTALLED) ## the dashboard of the newest run as one page, from AWS_ENDPOINT_URL, or AWS (PARAMS=…, RUN=its folder)
	$(PY) -m dashboards.page "$(PARAMS)" "$(RUN)"

lab: $(INSTALLED) data/small.csv runs/lab ## the local AWS with the platform deployed, the live page, and JupyterLab, on copies of the notebooks in runs/lab
	$(LOCAL_AWS) --port $(PORT) --data .local_aws/lab -- sh -c '$(if $(wildcard $(CONNECTOR)),archive=$$($(EXPORT)) &&) \
		$(DEPLOY) --quiet $(if $(wildcard $(CONNECTOR)),--application "$$archive") && \
		{ $(PY) -m dashboards.live --stage "$(STAGE)" & trap "kill $$!" EXIT; } && \
		.venv/bin/jupyter lab --notebook-dir=. \
		--LabApp.default_url=/lab/tree/runs/lab/notebooks/10_ingest.ipynb \
		$(if $(filter 0,$(shell id -u)),--allow-root)'

runs/lab: # once: what you change there is yours, and git sees none of it
	mkdir -p $@
	cp -R notebooks flink_notebooks $@

notebooks: $(INSTALLED) connector data/small.csv ## run the notebooks with their defaults and keep the new outputs
	rm -rf .local_aws/notebooks .local_aws/notebooks_iceberg
	$(LOCAL_AWS) --port 0 --data .local_aws/notebooks -- $(NBCONVERT) notebooks/00_deploy.ipynb notebooks/10_ingest.ipynb \
		notebooks/11_profile.ipynb $$($(PY) -m helpers.insights) notebooks/29_dashboard_views.ipynb notebooks/40_dashboards.ipynb \
		flink_notebooks/01_bot_detection.ipynb notebooks/32_deploy_stream.ipynb notebooks/31_alerts.ipynb
	$(LOCAL_AWS) --port 0 --data .local_aws/notebooks_iceberg -- sh -c '$(ICEBERG_LAKE) && $(NBCONVERT) notebooks/12_corrections.ipynb'

lint: $(INSTALLED) ## check format, style, types and what nothing calls
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	$(PY) tests/support/notebook_code.py > .ruff_cache/notebook_code.py
	.venv/bin/vulture src local-aws/src infra/functions benchmarks .ruff_cache/notebook_code.py

unit: $(INSTALLED) ## the fast tests alone
	$(PY) -m pytest -q -m "not server"

test: lint connector data/small.csv ## every check and every test
	$(PY) -m pytest -n 4 --dist loadfile --no-loadscope-reorder

record-athena: $(INSTALLED) ## ask a real Trino (fetched through Maven) the conformance suite's statements anew
	cd local-aws/tests && ../../$(PY) -m conformance.record && ../../$(PY) -m conformance.record_iceberg

aws: $(INSTALLED) ## the local AWS in the foreground on port 4566
	@echo "export AWS_ENDPOINT_URL=http://127.0.0.1:$(PORT) AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1"
	@$(PY) -m local_aws --port $(PORT) --data .local_aws/lab

deploy: $(INSTALLED) $(if $(filter yes,$(APPLICATION)),connector) ## the platform's resources by CloudFormation, here or on AWS (STAGE=dev, PARAMS=… names the bucket; EMAIL, LINK and FAN_OUT=yes or no stay as they are unless said, none takes one off; DASHBOARDS=yes; APPLICATION=no leaves the stream's application out, and needs no Java)
	$(if $(filter yes,$(APPLICATION)),archive=$$($(EXPORT) --params "$(PARAMS)") &&) \
		$(DEPLOY) --email "$(EMAIL)" --link "$(LINK)" $(if $(FAN_OUT),$(if $(filter yes,$(FAN_OUT)),--fan-out,--no-fan-out)) \
		$(if $(filter yes,$(DASHBOARDS)),--dashboards) $(if $(filter yes,$(APPLICATION)),--application "$$archive")

destroy: $(INSTALLED) ## remove them after asking; what is stored stays (STAGE=dev, DATA=yes removes that too)
	$(DEPLOY) --destroy $(if $(filter yes,$(DATA)),--data)

redrive: $(INSTALLED) ## say what the alert function put aside or gave up; AGAIN=yes puts it through again (STAGE=dev)
	$(PY) -m helpers.redrive --stage "$(STAGE)" $(if $(filter yes,$(AGAIN)),--again)

connector: $(CONNECTOR) ## Kinesis for Flink SQL, built and tested when a source of it changed

$(CONNECTOR): connector/pom.xml connector/README.md $(shell find connector/src -type f)
	mvn --quiet --batch-mode -Dstyle.color=never --file connector/pom.xml package

bench: $(INSTALLED) connector ## the benchmarks, as ratios against peers measured in the same run
	PYTHONPATH=tests $(PY) benchmarks/ingest.py
	$(LOCAL_AWS) --port 0 --data .local_aws/bench -- env PYTHONPATH=tests $(PY) benchmarks/questions.py --data .local_aws/bench
	$(LOCAL_AWS) --port 0 --data .local_aws/bench -- env PYTHONPATH=tests $(PY) benchmarks/iceberg.py
	PYTHONPATH=tests $(PY) benchmarks/kinesis.py
	$(LOCAL_AWS) --port 0 --data .local_aws/bench -- env PYTHONPATH=tests $(PY) benchmarks/connector.py
	$(LOCAL_AWS) --port 0 --data .local_aws/bench -- env PYTHONPATH=tests $(PY) benchmarks/alerts.py
	$(LOCAL_AWS) --port 0 --data .local_aws/bench -- env PYTHONPATH=tests $(PY) benchmarks/alerts.py --fan-out
	$(LOCAL_AWS) --port 0 --data .local_aws/bench -- env PYTHONPATH=tests $(PY) benchmarks/alerts.py --busy 2 --bots 1 --seconds 60
	$(LOCAL_AWS) --port 0 --data .local_aws/bench -- env PYTHONPATH=tests $(PY) benchmarks/application.py
	PYTHONPATH=tests $(PY) benchmarks/dashboard.py

clean: ## remove what was made
	rm -rf .venv .local_aws data runs connector/target .pytest_cache .mypy_cache .ruff_cache .hypothesis

data/small.csv: src/store_simulator/generate/*.py | $(INSTALLED)
	$(PY) -m store_simulator.generate $@ --rows 20000

data/demo.csv: src/store_simulator/generate/*.py | $(INSTALLED)
	$(PY) -m store_simulator.generate $@ --rows 300000
