"""Zeppelin-style Flink in JupyterLab: paragraphs of SQL over one PyFlink environment a kernel."""
