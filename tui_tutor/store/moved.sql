-- What updates of courses moved is asked for with every list of attempts, however long the log is.
create index moved on event (course, id) where kind = 'moved';
