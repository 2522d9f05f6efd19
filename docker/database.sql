-- Run once by the database's image, as its superuser, when the volume is empty. The service gets an account that
-- owns its database and may make the three roles of schema/sql/migrations/0001_roles.sql; it is no superuser.
\getenv password COLDLEDGER_DATABASE_PASSWORD
CREATE ROLE coldledger LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE coldledger OWNER coldledger;
