/** A file of several, with its place in the folder they came in. */
export interface PlacedFile { path: string; file: File }

/** What was dropped or chosen: one file, or several as a folder. */
export type Dropped = { kind: 'file'; file: File } | { kind: 'folder'; name: string; /** The folder itself, which the desktop takes as it is. */ own: File | null; files: () => Promise<PlacedFile[]> }

/** More files than this are no folder of recordings or texts but somebody's disk. */
export const mostFiles = 20_000

/** What a drop or a paste carries; null when it is no file. Must be asked while the event is handled. */
export function droppedIn(data: DataTransfer | null): Dropped | null {
  const files = [...data?.files ?? []]
  const entries = [...data?.items ?? []].map((item) => item.webkitGetAsEntry?.() ?? null)
  const [file] = files
  if (file === undefined) return null
  const [entry] = entries
  if (files.length === 1 && entry?.isDirectory) return { kind: 'folder', name: entry.name, own: file, files: () => filesUnder(entry as FileSystemDirectoryEntry) }
  if (files.length === 1) return { kind: 'file', file }
  return several(files, async () => (await Promise.all(entries.map((each, index) => each?.isDirectory ? filesUnder(each as FileSystemDirectoryEntry, `${each.name}/`) : [{ path: files[index]!.name, file: files[index]! }]))).flat())
}

/** What a file dialog gave; with a folder the paths in it. */
export function chosenFiles(files: readonly File[]): Dropped | null {
  const [first] = files
  if (first === undefined) return null
  if (first.webkitRelativePath !== '') {
    const [name = 'folder'] = first.webkitRelativePath.split('/')
    return { kind: 'folder', name, own: null, files: async () => files.map((file) => ({ path: file.webkitRelativePath.slice(name.length + 1), file })).filter(({ path }) => !hidden(path)) }
  }
  return files.length === 1 ? { kind: 'file', file: first } : several(files, async () => files.map((file) => ({ path: file.name, file })))
}

const several = (files: readonly File[], all: () => Promise<PlacedFile[]>): Dropped => ({ kind: 'folder', name: `${files.length} files`, own: null, files: all })
const hidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.'))

async function filesUnder(folder: FileSystemDirectoryEntry, prefix = ''): Promise<PlacedFile[]> {
  const reader = folder.createReader()
  const found: PlacedFile[] = []
  for (;;) {
    // A reader gives a hundred at a time, then none.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, reject) })
    if (entries.length === 0) return found
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory) found.push(...await filesUnder(entry as FileSystemDirectoryEntry, `${prefix}${entry.name}/`))
      else found.push({ path: `${prefix}${entry.name}`, file: await new Promise<File>((resolve, reject) => { (entry as FileSystemFileEntry).file(resolve, reject) }) })
      if (found.length > mostFiles) return found
    }
  }
}
