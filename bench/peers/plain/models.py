"""The tables that are asked for, as SQLAlchemy's ORM has them."""

from sqlalchemy.orm import DeclarativeBase

from cabinet import tables


class Base(DeclarativeBase):
    metadata = tables.metadata


class Community(Base):
    __table__ = tables.community


class Organization(Base):
    __table__ = tables.organization


class Program(Base):
    __table__ = tables.program


class Child(Base):
    __table__ = tables.child


class ChildYear(Base):
    __table__ = tables.child_year


class Enrollment(Base):
    __table__ = tables.enrollment
