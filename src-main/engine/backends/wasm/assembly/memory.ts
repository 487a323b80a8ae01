// Bytes as they are.

export function copy(bytes: usize, from: usize, to: usize): void {
  memory.copy(to, from, bytes)
}

export function clear(bytes: usize, at: usize): void {
  memory.fill(at, 0, bytes)
}
