"""The deployed streaming application, by the calls of Managed Service for Apache Flink."""
