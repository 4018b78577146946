-- The log is the only truth; everything below it is folded from it and can be rebuilt (`rebuild`).

create table device (
    number integer primary key,
    id text not null unique,
    is_here integer not null
);

create table event (
    id integer primary key,
    device integer not null references device (number),
    sequence integer not null,
    kind text not null,
    course text not null,
    lesson text not null,
    cell text not null,
    at text not null,
    data text not null,
    unique (device, sequence)
);

create index attempt on event (course, id) where kind = 'attempted';

-- Of each cell and kind of record: how many since the last reset, and the newest one.
create table cell_record (
    course text not null,
    lesson text not null,
    cell text not null,
    kind text not null,
    count integer not null,
    newest integer not null references event (id),
    primary key (course, lesson, cell, kind)
) without rowid;

create table cell_done (
    course text not null,
    lesson text not null,
    cell text not null,
    primary key (course, lesson, cell)
) without rowid;

create table lesson_summary (
    course text not null,
    lesson text not null,
    minutes real not null default 0,
    opened integer references event (id),
    primary key (course, lesson)
) without rowid;

create index lesson_opened on lesson_summary (opened);

create table setting (
    name text primary key,
    value text not null
) without rowid;
