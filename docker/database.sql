-- Run once by the database's image, as its superuser, when the volume is empty. The roles of schema/sql/migrations stand
-- before anybody signs in, so neither account may make roles, and neither is a superuser: `coldledger_admin` owns the
-- database, migrates it and rebuilds tables; `coldledger`, which the service signs in with, may write and read only.
\getenv password COLDLEDGER_DATABASE_PASSWORD
\getenv admin_password COLDLEDGER_ADMIN_PASSWORD
CREATE ROLE coldledger_owner;
CREATE ROLE coldledger_writer;
CREATE ROLE coldledger_reader;
CREATE ROLE coldledger_follower;
CREATE ROLE coldledger_admin LOGIN PASSWORD :'admin_password'
    IN ROLE coldledger_owner, coldledger_writer, coldledger_reader;
CREATE ROLE coldledger LOGIN PASSWORD :'password' IN ROLE coldledger_writer, coldledger_reader;
CREATE DATABASE coldledger OWNER coldledger_admin;
