import vueTs from 'typescript-eslint'
import importX from 'eslint-plugin-import-x'
import vue from 'eslint-plugin-vue'

/** Who may import whom: a room sees itself and the rooms named here. docs/architecture.md draws it. */
const sees = {
  './shared': [],
  './src-main/engine': ['./shared'],
  './src-main/data': ['./shared', './src-main/engine'],
  './src-main/formats': ['./shared', './src-main/engine'],
  './src-main/services': ['./shared', './src-main/engine', './src-main/data', './src-main/formats'],
  './src-main/hosts': ['./shared', './src-main/engine', './src-main/data', './src-main/formats', './src-main/services'],
  './src-renderer': ['./shared'],
}
const rooms = Object.keys(sees)
const zones = rooms.map((target) => ({
  target,
  from: ['./shared', './src-main', './src-renderer', './test'],
  except: [target, ...sees[target]],
  message: `${target} may import only ${[target, ...sees[target]].join(', ')}.`,
}))
// no-restricted-paths reads `except` below `from`, so one zone a foreign room.
const roomZones = rooms.flatMap((target) =>
  [...rooms, './test'].filter((from) => from !== target && !sees[target].includes(from))
    .map((from) => ({ target, from, message: zones.find((zone) => zone.target === target).message })))

export default vueTs.config(
  { ignores: ['out', 'dist', 'build/generated', 'test-output', 'src-main/engine/backends/wasm/assembly', 'src-main/data/text/assembly', 'node_modules'] },
  ...vueTs.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.vue', '**/*.mjs', '**/*.js'],
    languageOptions: { parserOptions: { parser: vueTs.parser, extraFileExtensions: ['.vue'] } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [(await import('./build/import-resolver.mjs')).resolver] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: roomZones }],
      'import-x/no-cycle': ['error', { maxDepth: 8 }],
      'max-lines': ['error', { max: 400 }],
      'no-console': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/no-v-html': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  { files: ['shared/**', 'src-main/engine/**'], rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', 'electron', 'vue', 'ws', 'fs', 'path'] }] } },
  { files: ['src-main/data/**', 'src-main/formats/**', 'src-main/services/**', 'src-main/hosts/{serve,cli,workers}/**'], rules: { 'no-restricted-imports': ['error', { patterns: ['electron', 'vue'] }] } },
  { files: ['src-renderer/**'], rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', 'electron', 'ws', 'fs', 'path'] }] } },
)
