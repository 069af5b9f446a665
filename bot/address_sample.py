"""What prompts look like: the text that the addresses' model of letters is counted from (address_text.py).

One line a prompt. Not one sign of it may ever change, or every address would; a new text needs a new version of the
addresses.
"""

TEXT = """\
a red car on a hill
a cat
a dog in the snow
a blue bird on a white background, flat style
the old lighthouse at night, oil painting
a portrait of a young woman with long red hair, soft light, highly detailed
a portrait of an old man with a grey beard, 85mm, shallow depth of field
a fox in the forest, watercolor painting
a small house by the sea at sunset
mountains in the fog, cinematic film still
a castle on a hill above the clouds, fantasy, concept art
a city street in the rain at night, neon lights, reflections
an astronaut riding a horse on the moon
a robot holding a flower, digital art
a cup of coffee on a wooden table next to a window, morning light
a bowl of fruit, still life, oil on canvas
a dragon flying over a medieval village, dramatic lighting
a green tractor in a yellow field under a blue sky
a black cat with green eyes sitting on a chair
two people walking along the beach with a dog
three apples and a banana on a plate
a steam train crossing a bridge in autumn
a sailboat on a calm lake with mountains in the background
a beautiful landscape with a river, trees and flowers, golden hour
a futuristic city with flying cars, cyberpunk, purple and pink
an underwater scene with fish, coral and a turtle
a knight in shining armour standing in front of a burning tower
a wizard reading a book by candlelight, highly detailed, sharp focus
a little girl with an umbrella, cartoon style
a penguin wearing a hat and sunglasses, 3d style
a logo of a lion, vector illustration, simple, black and white
a map of an imaginary island, hand drawn, pencil sketch
low poly mountain, isometric style
stained glass window with a rose
a photograph of a street market in Morocco, bright colours
a wooden cabin in a snowy forest, smoke rising from the chimney, warm light in the windows
an abandoned factory overgrown with plants, post-apocalyptic
a space station orbiting a ringed planet, stars, science fiction
close-up of a bee on a sunflower, macro photography
a tiger in the jungle, realistic, 8k, ultra detailed
an elephant in the desert at dawn
a white horse running through shallow water
a bicycle leaning against a brick wall in Paris
a vintage poster of a rocket, retro style
a chocolate cake with strawberries, studio lighting, food photography
a happy family having a picnic in the park
a samurai under a cherry tree, ukiyo-e, woodblock print
a witch flying on a broom across the full moon
a ghost ship in a storm, lightning, dark and moody
an owl on a branch, line art, black and white
a crystal cave with glowing mushrooms
a frog on a lily pad, children's book illustration
a giant octopus attacking a ship, engraving
a glass of red wine and some cheese
a yellow umbrella in a crowd of black umbrellas
a red rose with drops of water on its petals
a quiet library with tall shelves and a spiral staircase
a skeleton playing the guitar, day of the dead
pixel art of a village, top down view
anime girl with blue hair standing on a rooftop, looking at the city
an impressionist painting of a garden in spring
a surreal landscape with melting clocks and floating stones
the inside of a clock, gears, brass, steampunk
a teapot shaped like an elephant
a woman in a green dress dancing in the rain
a man with a hat and a coat, film noir, black and white photograph
a waterfall in a tropical forest, long exposure
a hot air balloon over a valley in the morning mist
a rainbow over a wheat field after the storm
northern lights above a frozen lake
an aerial view of a city at night
a modern house made of concrete and glass, architecture, by a lake
interior of a cosy living room with a fireplace, books and a sleeping cat
a cow, a pig and a sheep on a farm
a monkey eating a banana
a truck, a bus and a motorcycle on the road
a piano in an empty room with big windows
a snowman with a carrot nose
a heart made of flowers
a key, a lamp and a book on an old desk
an angel with large wings, baroque painting
a queen on a throne wearing a golden crown
a pirate with a parrot on his shoulder
a mermaid sitting on a rock
a unicorn in an enchanted forest, magical, sparkles
a cute baby dragon hatching from an egg
a corgi dressed as a detective, 4k photo
a hamburger and french fries, pop art
a plate of sushi on a dark background
an orange fish in a round bowl, minimal, pastel colours
a spaceship landing in the desert, matte painting
abstract shapes in red, orange and purple
a pattern of leaves, seamless, green on cream
an icon of a camera, flat design, white background
portrait photo of a woman with freckles, natural light, film grain
studio portrait of a black dog wearing a red scarf
wide shot of a lonely road through the desert, empty sky
view from the window of a train
a door in the middle of a field
a tree growing out of a book
a ship in a bottle, product photography
the sun setting behind the mountains, silhouettes of birds
the moon reflected in the water
the best day of summer, children playing in a fountain
make it darker, with more fog and less light
without people, no text, no watermark
people, text, watermark, signature, logo, frame, blurry, low quality, worst quality, jpeg artifacts, bad anatomy
blurry, ugly, deformed, extra fingers, bad hands, cropped, out of frame, duplicate, disfigured, poorly drawn face
fog, people, cars
masterpiece, best quality, intricate details, trending on artstation, unreal engine, octane render, volumetric lighting
photorealistic, hyperrealistic, cinematic lighting, bokeh, depth of field, rule of thirds, award winning photograph
in the style of a renaissance painting, art deco, art nouveau, bauhaus, gothic, minimalism, cubism, expressionism
charcoal drawing, ink drawing, gouache, acrylic, pastel, clay, paper cut, origami, embroidery, mosaic, sculpture, marble
cat::2 dog::-0.5
(fog:1.3) over the harbour
(red:1.2) leaves, (blue:0.8) sky
a sign that says "open"
a shop with the words "fresh bread" above the door
the quick brown fox jumps over the lazy dog
there is something behind the house that nobody has seen before
where would you like to go with this, if it were not for what they could have said about their other things
a very large group of small animals which are looking at each other from between the trees
someone who knows how to make everything through their work should take another look at it
white, black, grey, gray, red, orange, yellow, green, blue, purple, violet, pink, brown, gold, silver, turquoise
car, bus, truck, bicycle, motorcycle, tractor, train, airplane, rocket, ship, sailboat, helicopter, scooter, submarine
horse, cat, dog, bird, fish, elephant, lion, bear, rabbit, cow, pig, sheep, monkey, frog, snake, turtle, butterfly, bee
penguin, owl, duck, chicken, whale, dolphin, octopus, crab, wolf, deer, mouse, squirrel, eagle, raven, peacock, hedgehog
tree, flower, rose, cactus, mushroom, leaf, mountain, house, castle, church, tent, bridge, tower, temple, ruins, garden
pizza, hamburger, cake, ice cream, bread, cheese, egg, apple, banana, strawberry, cherry, lemon, grapes, watermelon
carrot, tomato, corn, coffee, bottle, glass, heart, star, sun, moon, cloud, fire, snowman, umbrella, balloon, crown
key, lamp, book, pencil, camera, telephone, computer, television, clock, guitar, piano, drum, trumpet, violin, football
person, man, woman, boy, girl, child, baby, king, queen, prince, princess, soldier, doctor, farmer, dancer, musician
smiling face, ghost, robot, skull, hand, eye, shoe, hat, shirt, dress, coat, scarf, glasses, mask, sword, shield, helmet
winter, spring, summer, autumn, morning, evening, night, midnight, noon, sunrise, sunset, dawn, dusk, rain, snow, storm
above, below, behind, between, under, over, near, inside, outside, across, around, against, beside, through, towards
big, small, tiny, huge, old, young, new, ancient, modern, bright, dark, colourful, soft, hard, warm, cold, happy, sad
holding, wearing, sitting, standing, running, walking, flying, swimming, sleeping, looking, smiling, eating, drinking
0123456789 10 12 16 20 24 30 35mm 50 64 75 80s 90s 100 128 256 512 768 1024 1920 1980s 2000 3000
A B C D E F G H I J K L M N O P Q R S T U V W X Y Z
Batman, Berlin, Chicago, Dali, Escher, France, Germany, Hokusai, India, Japan, Klimt, London, Monet, New York, Oslo
Paris, Rembrandt, Tokyo, Turner, Van Gogh, Venice, Vermeer, Yoda, Zeus, European, American, Chinese, Greek, Roman
ein rotes Auto auf einem Hügel, im Hintergrund Berge und der Himmel über dem See
eine Katze schläft auf dem Sofa, daneben ein großer Hund; schöne Blumen für die Großmutter
un chat noir sur le toit d'une maison à la montagne, l'été, avec des fleurs et une rivière près de la forêt
un perro pequeño en la playa con niños, el sol y las montañas, una ciudad de noche, otoño
un gatto rosso sulla collina, una città di notte con la luna, perché è così bella
um cão na praia, uma casa com flores, o céu e as montanhas, não há pessoas
mały kot na łące, zamek nad rzeką, góry we mgle, piękny zachód słońca
красная машина на холме, кошка и собака в лесу, старый дом у моря, портрет девушки, ночь, город
赤い車、猫、犬、山と海、夜の街、少女の肖像、桜の木の下で
红色的汽车，一只猫和一只狗，山水画，夜晚的城市
"""
