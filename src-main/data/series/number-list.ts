/** Numbers whose count isn't known beforehand. */
export class NumberList {
  private room = new Float64Array(1024)
  private length = 0

  push(value: number): void {
    if (this.length === this.room.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.room)
      this.room = larger
    }
    this.room[this.length++] = value
  }

  values(): Float64Array {
    return this.room.subarray(0, this.length)
  }
}
