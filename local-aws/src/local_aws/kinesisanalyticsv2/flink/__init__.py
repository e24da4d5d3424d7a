"""One cluster an application: JobManager and TaskManager of the Flink that PyFlink has."""
