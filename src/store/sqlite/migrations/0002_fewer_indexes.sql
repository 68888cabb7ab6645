-- Written with each delivery, and of use only when an integration is removed.
DROP INDEX deliveries_by_integration;
