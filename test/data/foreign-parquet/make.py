"""Writes the Parquet files beside it, by writers other than ours, and what they hold as text.

    pip install pyarrow duckdb polars fastparquet && python make.py
    npm install parquet-wasm                       # in a folder elsewhere, then there:
    node …/make-arrow-rust.mjs …                   # with this folder; reads table.arrows

Each file is read back by its own writer before it counts.
"""
import datetime
import decimal
import json
import math
import os

import duckdb
import fastparquet
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))
rows = 60
start = datetime.datetime(1969, 12, 31, 23, 0)


def column(value, type_):
    """Every seventh value is missing."""
    return pa.array([None if row % 7 == 3 else value(row) for row in range(rows)], type_)


table = pa.table({
    'i8': column(lambda i: i - 45, pa.int8()),
    'i32': column(lambda i: (i * 7919 * 65537) % 2**32 - 2**31, pa.int32()),
    'i64': column(lambda i: (i * 104729 * 2**40 + i) % 2**64 - 2**63, pa.int64()),
    'u32': column(lambda i: 2**32 - 1 - i, pa.uint32()),
    'u64': column(lambda i: 2**64 - 1 - i, pa.uint64()),
    'f32': column(lambda i: math.sin(i), pa.float32()),
    'f64': column(lambda i: math.cos(i) * 10.0**(i % 40 - 20), pa.float64()),
    'b': column(lambda i: i % 3 == 0, pa.bool_()),
    's': column(lambda i: f'wörd {i % 5}', pa.string()),
    'path': column(lambda i: f'row/{i // 10}/{i * i}', pa.string()),
    'day': column(lambda i: datetime.date(1960, 1, 1) + datetime.timedelta(days=i * 1013), pa.date32()),
    'ms': column(lambda i: start + datetime.timedelta(milliseconds=i * 97777), pa.timestamp('ms')),
    'us': column(lambda i: start + datetime.timedelta(microseconds=i * 97777777), pa.timestamp('us')),
    'ns': column(lambda i: -10**12 + i * 12345678901, pa.timestamp('ns')),
    'clock': column(lambda i: i * 977777777, pa.time64('us')),
    'd7': column(lambda i: decimal.Decimal(i * 7 - 300).scaleb(-2), pa.decimal128(7, 2)),
    'd18': column(lambda i: decimal.Decimal(i * 7919 * 10**8 - 10**13).scaleb(-4), pa.decimal128(18, 4)),
    'd38': column(lambda i: decimal.Decimal(i * 7919 * 10**20 - 10**24).scaleb(-10), pa.decimal128(38, 10)),
})
nested = pa.table({
    'a': pa.array(range(rows)),
    'point': pa.array([None if i % 11 == 4 else {'x': None if i % 7 == 3 else i / 2, 'in': {'name': f'z{i}', 'n': i} if i % 5 else None} for i in range(rows)]),
    'list': pa.array([None if i % 9 == 2 else list(range(i % 4)) for i in range(rows)]),
    'pairs': pa.array([[('a', i)] for i in range(rows)], pa.map_(pa.string(), pa.int64())),
    'raw': pa.array([bytes([255, 254, i]) for i in range(rows)]),
    'z': pa.array([f't{i}' for i in range(rows)]),
})
per_second = {'s': 1, 'ms': 10**3, 'us': 10**6, 'ns': 10**9}


def with_fraction(text, fraction, per):
    return f'{text}.{str(fraction).rjust(len(str(per)) - 1, "0").rstrip("0")}' if fraction else text


def time_text(value, type_):
    if value is None:
        return ''
    per = per_second[type_.unit]
    seconds, fraction = divmod(value, per)
    if pa.types.is_time(type_):
        return with_fraction('%02d:%02d:%02d' % (seconds // 3600, seconds // 60 % 60, seconds % 60), fraction, per)
    return with_fraction((datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).strftime('%Y-%m-%d %H:%M:%S'), fraction, per)


def text(value):
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    return repr(float(value)) if isinstance(value, (float, decimal.Decimal)) else str(value)


def texts(values):
    if pa.types.is_timestamp(values.type) or pa.types.is_time(values.type):
        return [time_text(value, values.type) for value in values.cast(pa.int64()).to_pylist()]
    return [text(value) for value in values.to_pylist()]


def flat(prefix, values):
    if pa.types.is_struct(values.type):
        return {name: found for index in range(values.type.num_fields)
                for name, found in flat(f'{prefix}.{values.type.field(index).name}', pa.compute.struct_field(values, [index])).items()}
    return {} if pa.types.is_nested(values.type) or pa.types.is_binary(values.type) else {prefix: texts(values)}


def held(found):
    return {name: values for field in found.column_names for name, values in flat(field, found[field].combine_chunks()).items()}


truth = {**held(table), **held(nested)}


def same(name, ours, theirs):
    """As text, or as numbers: a reader may widen them, or give a decimal as a double."""
    def equal(a, b):
        return a == b or (a != '' and b != '' and name[0] in 'iufdan' and float(a) == float(b))
    return len(ours) == len(theirs) and all(equal(a, b) for a, b in zip(ours, theirs))


def check(file, found):
    if found.num_rows == 0:
        return
    for name, values in held(found).items():
        assert same(name, truth[name], values), (file, name)


def path(name):
    return os.path.join(here, f'{name}.parquet')


def arrow(name, of=table, **options):
    pq.write_table(of, path(name), store_schema=False, write_statistics=False, **options)
    check(name, pq.ParquetFile(path(name)).read())


arrow('arrow-v1-snappy', compression='snappy')
arrow('arrow-v2-encodings-zstd', compression='zstd', data_page_version='2.0', use_dictionary=False, row_group_size=50, data_page_size=64, write_batch_size=16, column_encoding={
    'i8': 'DELTA_BINARY_PACKED', 'i32': 'DELTA_BINARY_PACKED', 'i64': 'DELTA_BINARY_PACKED', 'u64': 'DELTA_BINARY_PACKED', 'ns': 'DELTA_BINARY_PACKED', 'f32': 'BYTE_STREAM_SPLIT', 'f64': 'BYTE_STREAM_SPLIT',
    'b': 'RLE', 's': 'DELTA_LENGTH_BYTE_ARRAY', 'path': 'DELTA_BYTE_ARRAY', 'd18': 'BYTE_STREAM_SPLIT', 'd38': 'DELTA_BYTE_ARRAY'})
arrow('arrow-int96-gzip', table.select(['i64', 'ms', 'us', 'ns']), compression='gzip', use_deprecated_int96_timestamps=True)
arrow('arrow-integer-decimals-lz4', table.select(['d7', 'd18', 'd38']), compression='lz4', store_decimal_as_integer=True)
arrow('arrow-nested-v1', nested, compression='none', row_group_size=40)
arrow('arrow-nested-v2-brotli', nested, compression='brotli', data_page_version='2.0')
arrow('arrow-empty', table.slice(0, 0).select(['i8', 's']))
with pq.ParquetWriter(path('arrow-empty-groups'), table.select(['i8', 's']).schema, store_schema=False, write_statistics=False) as writer:
    for part in (table.slice(0, 0), table.slice(0, 30), table.slice(0, 0), table.slice(30)):
        writer.write_table(part.select(['i8', 's']))

connection = duckdb.connect()
ducks = ['i8', 'i32', 'i64', 'u64', 'f32', 'f64', 'b', 's', 'path', 'day', 'us', 'ns', 'clock', 'd7', 'd18', 'd38']
connection.register('t', table.select(ducks))
for name, options in {'duckdb-v1-snappy': 'parquet_version v1', 'duckdb-v2-zstd': 'parquet_version v2, compression zstd'}.items():
    connection.execute(f"copy t to '{path(name)}' (format parquet, {options})")
    check(name, connection.execute(f"select * from '{path(name)}'").to_arrow_table())

frame = pl.from_arrow(table.drop_columns(['clock']))
frame.write_parquet(path('polars-zstd'), compression='zstd', statistics=False)
check('polars-zstd', pl.read_parquet(path('polars-zstd')).to_arrow())

pandas = table.select(['f32', 'f64', 's', 'path', 'us']).to_pandas()
for name in ('s', 'path'):
    pandas[name] = pandas[name].astype(object)
pandas['us'] = pandas['us'].astype('datetime64[ns]')
for name, options in {'fastparquet-lz4': {'compression': 'LZ4'}, 'fastparquet-int96-gzip': {'compression': 'GZIP', 'times': 'int96'}}.items():
    fastparquet.write(path(name), pandas, stats=False, row_group_offsets=40, **options)
    back = fastparquet.ParquetFile(path(name)).to_pandas()
    check(name, pa.table({'f64': pa.array(back['f64'], from_pandas=True), 's': pa.array(back['s'], from_pandas=True), 'us': pa.array(back['us'], pa.timestamp('us'), from_pandas=True, safe=False)}))

with pa.ipc.new_stream(os.path.join(here, 'table.arrows'), table.schema) as stream:
    stream.write_table(table)
with open(os.path.join(here, 'truth.json'), 'w', encoding='utf-8') as file:
    json.dump(truth, file, ensure_ascii=False, separators=(',', ':'))
