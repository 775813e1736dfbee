"""The limits that readers share, as people are told of them."""

from cabinet.importers import documents, package, tabular, xml_records

OF_PACKAGES = (
    f"A zip or a folder holds at most {package.MAX_FILES:,} files. A zip unpacks to {package.MAX_UNPACKED:,} bytes"
    f" at most, and not to more than {package.MAX_RATIO} times its size; none of its files has a password, leads"
    " outside, or stands there twice."
)
OF_CSV = (
    "CSV may be UTF-8, UTF-16 or Windows-1252, have commas, tabs or semicolons between its columns, and end its"
    f" lines in any way. A line of more than {tabular.MAX_LINE:,} characters is reported, and costs its row only."
)
OF_JSON = (
    f"A JSON file has at most {documents.MAX_DOCUMENT:,} bytes, a line of NDJSON {documents.MAX_LINE:,}, either at"
    f" most {documents.MAX_DEPTH} levels. Both are UTF-8."
)
OF_XML = (
    f"A record of an XML file has at most {xml_records.MAX_RECORD:,} bytes and {xml_records.MAX_DEPTH} levels. A"
    " document type is refused."
)
