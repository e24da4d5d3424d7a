"""Amazon Managed Service for Apache Flink: applications as processes of this machine.

A request flows `service` → `operations` → `lifecycle`, which carries out in the background what
takes long; `flink` starts, asks and ends a cluster and knows no AWS.
"""
