// node make-arrow-rust.mjs FOLDER: writes FOLDER/table.arrows, which make.py leaves, by Arrow's Rust writer (npm: parquet-wasm).
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const { Compression, Encoding, EnabledStatistics, Table, WriterPropertiesBuilder, WriterVersion, writeParquet, readParquet } = createRequire(join(process.cwd(), 'x.js'))('parquet-wasm/node')
const folder = process.argv[2]
const table = readFileSync(join(folder, 'table.arrows'))

function write(name, options) {
  const file = writeParquet(Table.fromIPCStream(table), options.setStatisticsEnabled(EnabledStatistics.None).build())
  if (readParquet(file).intoIPCStream().length === 0) throw new Error(name)
  writeFileSync(join(folder, `${name}.parquet`), file)
}

const packed = { i32: 'DELTA_BINARY_PACKED', i64: 'DELTA_BINARY_PACKED', u64: 'DELTA_BINARY_PACKED', f64: 'BYTE_STREAM_SPLIT', s: 'DELTA_BYTE_ARRAY', path: 'DELTA_LENGTH_BYTE_ARRAY', d38: 'DELTA_BYTE_ARRAY' }
write('arrow-rust-v1-brotli', new WriterPropertiesBuilder().setCompression(Compression.BROTLI).setWriterVersion(WriterVersion.V1))
write('arrow-rust-v2-lz4', Object.entries(packed).reduce((options, [column, encoding]) => options.setColumnEncoding(column, Encoding[encoding]), new WriterPropertiesBuilder().setCompression(Compression.LZ4).setWriterVersion(WriterVersion.V2).setDictionaryEnabled(false).setMaxRowGroupSize(40)))
rmSync(join(folder, 'table.arrows'))
