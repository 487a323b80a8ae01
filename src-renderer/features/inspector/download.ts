/** Hands a file made in the window to the user. */
export function download(fileName: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'unroll'
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Rows as CSV (RFC 4180); a field that needs them is put in quotes. */
export function csv(rows: readonly (readonly (string | number)[])[]): Blob {
  const field = (value: string | number) => typeof value === 'number' ? String(value) : /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  return new Blob([rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')], { type: 'text/csv' })
}

export interface TensorFile { name: string; shape: readonly number[]; values: Float32Array }

/**
 * F32 tensors as a safetensors file: the header's length as a 64-bit integer, the header as JSON padded with spaces to
 * eight bytes, then the numbers, little-endian.
 * @see https://huggingface.co/docs/safetensors
 */
export function safetensors(tensors: readonly TensorFile[], metadata: Record<string, string>): Blob {
  let offset = 0
  const entries = tensors.map(({ name, shape, values }) => {
    const from = offset
    offset += values.byteLength
    return [name, { dtype: 'F32', shape, data_offsets: [from, offset] }] as const
  })
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }))
  const header = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(32)
  header.set(json)
  const length = new DataView(new ArrayBuffer(8))
  length.setBigUint64(0, BigInt(header.length), true)
  return new Blob([length.buffer, header, ...tensors.map(({ values }) => values as Float32Array<ArrayBuffer>)], { type: 'application/octet-stream' })
}
