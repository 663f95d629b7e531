#!/usr/bin/env python3
"""Contact sheets: every view of several networks, in several sizes and looks, as PNG files to look at.

    python3 tests/bench/sheets.py FOLDER [NETWORK ...]

A sheet holds the views of one network in one size and look, side by side. The screens are those that the key e writes as SVG. It needs
Pillow, and the font DejaVu Sans Mono; without them it says so and ends. Networks of ../shared are left out where it is not there."""
import os, re, subprocess, sys, tempfile

S = '../shared'
# name: arguments. A residual network of 1000 steps is written by gen_long.py.
NETWORKS = {
    'traffic': ['browse', S + '/models/internet_traffic.h5', S + '/data/internet_traffic.csv', '--columns', '2', '--derive', 'diff', '--scale', 'standard',
                '--fit', '0:14000', '--rows', '14000:18000'],
    'ecg': ['demo', 'ecg'],
    'machine': ['demo', 'machine'],
    'resnet': ['browse', '{long}/resnet.onnx', '{long}/resnet.npy'],
}
VIEWS = [('network', ''), ('layers', ''), ('grid', ''), ('clusters', ''), ('filter', ''), ('heat', ''), ('table', ''), ('methods', ''), ('layer', ''),
         ('model', ''), ('compare', '] p ]'), ('pair', 'V space space P'), ('windows', ''), ('findings', ''), ('help', ''),
         ('record', ''), ('record', ') ) < < <'), ('record', '< < < < < < < <')]  # the last row: all steps, some, single ones
LOOKS = {'dark': ['--theme', 'dark'], 'light': ['--theme', 'light'], '16': ['--theme', 'dark', '--colours', '16'], 'ascii': ['--theme', 'dark', '--glyphs', 'ascii']}
SIZES = {'80x24': (0.62, 3), '120x40': (0.5, 3), '200x50': (0.42, 2)}  # scale of a screen, screens side by side
FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono%s.ttf'


def screen(program, args, view, keys, size, look, folder):
    """The screen as SVG; None, with a line on standard error, where there is none."""
    path = os.path.join(folder, 'x.svg')
    if os.path.exists(path):
        os.remove(path)
    keys = (keys + ' ' if keys else '') + 'e ' + ' '.join(path) + ' enter'
    first = {'compare': 'network', 'pair': 'clusters'}.get(view, view)
    if view == 'compare':
        keys = keys.replace(' e ', ' P e ', 1)
    env = dict(os.environ, LC_ALL='C.UTF-8', XDG_CONFIG_HOME='/nonexistent', XDG_STATE_HOME='/dev/null/none')
    r = subprocess.run([program] + args + look + ['--screen', first, '--size', size, '--keys', keys], env=env, capture_output=True, text=True)
    if not os.path.exists(path):
        print('%s %s: %s' % (view, size, (r.stderr or r.stdout.strip().splitlines()[-1])[:200]), file=sys.stderr)
        return None
    with open(path, encoding='utf-8') as f:
        return f.read()


def attributes(s):
    return dict(re.findall(r'([\w-]+)="([^"]*)"', s))


def picture(svg, fonts, Image, ImageDraw):
    """What is in the SVG files of tsviz: rectangles, and texts whose letters are 10 wide."""
    unescape = {'&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#39;': "'"}
    head = attributes(re.search(r'<svg[^>]*>', svg).group())
    im = Image.new('RGB', (int(head['width']), int(head['height'])))
    draw = ImageDraw.Draw(im)
    for m in re.finditer(r'<rect ([^>]*)/>|<text ([^>]*)>([^<]*)</text>|<(?:path|line) ([^>]*)/>', svg):
        if m.group(1):
            a = attributes(m.group(1))
            x, y, w, h = (float(a.get(k, 0)) for k in ('x', 'y', 'width', 'height'))
            draw.rectangle([x, y, x + w - 1, y + h - 1], fill=a.get('fill', '#000000'))
        elif m.group(2):
            a = attributes(m.group(2))
            text = re.sub(r'&[^;]*;', lambda k: unescape.get(k.group(), '?'), m.group(3))
            for i, c in enumerate(text):
                if 0x2800 <= ord(c) <= 0x28ff:  # the font has no braille
                    for k, (dx, dy) in enumerate(((2, 2), (2, 7), (2, 12), (7, 2), (7, 7), (7, 12), (2, 17), (7, 17))):
                        if ord(c) >> k & 1:
                            x, y = float(a['x']) + 10 * i + dx, float(a['y']) - 15 + dy
                            draw.rectangle([x - 1, y - 1, x + 1, y + 1], fill=a.get('fill', '#ffffff'))
                    continue
                draw.text((float(a['x']) + 10 * i, float(a['y']) - 15), c, font=fonts['font-weight' in a], fill=a.get('fill', '#ffffff'))
    return im


def main(argv):
    try:
        from PIL import Image, ImageDraw, ImageFont
        fonts = [ImageFont.truetype(FONT % s, 16) for s in ('', '-Bold')]
    except (ImportError, OSError) as e:
        print('SKIP sheets: %s' % e)
        return 0
    if not argv:
        sys.exit(__doc__)
    program, out = os.environ.get('TSVIZ', 'build/release/tsviz'), argv[0]
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, 'tests/bench/gen_long.py', folder, 'resnet'], check=True, capture_output=True)
        for name in argv[1:] or NETWORKS:
            args = [a.replace('{long}', folder) for a in NETWORKS[name]]
            if any(a.startswith(S) and not os.path.exists(a) for a in args):
                print('SKIP %s: no %s' % (name, S))
                continue
            for size, (scale, across) in SIZES.items():
                for look, options in LOOKS.items():
                    svgs = [screen(program, args, view, keys, size, options, folder) for view, keys in VIEWS]
                    ims = [picture(s, fonts, Image, ImageDraw) for s in svgs if s]
                    if not ims:
                        continue
                    w, h = int(ims[0].width * scale), int(ims[0].height * scale)
                    sheet = Image.new('RGB', (across * (w + 6), (len(ims) + across - 1) // across * (h + 6)), '#606060')
                    for i, im in enumerate(ims):
                        sheet.paste(im.resize((w, h), Image.LANCZOS), (i % across * (w + 6), i // across * (h + 6)))
                    sheet.save(os.path.join(out, '%s-%s-%s.png' % (name, size, look)))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
