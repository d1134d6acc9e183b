/**
 * The smallest page that draws: a canvas as large as that of the lanes, and one rectangle in each frame. It shows what this
 * machine can do at most.
 */
export const LIMIT = `data:text/html,${encodeURIComponent(`<!doctype html><canvas id="c" width="650" height="210"></canvas>
<script>
  const g = document.querySelector('canvas').getContext('2d');
  requestAnimationFrame(function draw(now) {
    g.clearRect(0, 0, 650, 210);
    g.fillRect((now / 10) % 600, 50, 50, 50);
    requestAnimationFrame(draw);
  });
</script><p id="ready">ready</p>`)}`;
