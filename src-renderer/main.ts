import './styles/base.css'
import { createApp } from 'vue'
import { UnrollError } from '@shared/errors'
import { connect } from './rpc/connect'
import BootError from './shell/BootError.vue'
import { route } from './shell/navigation'
import { screenOf } from './shell/screens'
import { startTheme } from './shell/theme'
import { createWorkbench } from './workbench'

startTheme()
// The first screen's code comes while the connection is made; what fails is told when the screen is mounted.
screenOf(route.value.screen).load().catch(() => {})
try {
  createWorkbench(await connect()).mount('#app')
} catch (error) {
  createApp(BootError, { error: UnrollError.from(error).toJSON() }).mount('#app')
}
